// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Absent;
import dev.vigil.sync.ObjectStore.Fetched;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Unchanged;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.sync.SharedKeys.Pulled.Current;
import dev.vigil.sync.SharedKeys.Pulled.Made;
import dev.vigil.sync.SharedKeys.Pulled.Refused;
import dev.vigil.sync.SharedKeys.Pulled.RolledBack;
import dev.vigil.sync.SharedKeys.Pulled.Taken;
import dev.vigil.vault.HeldRing;
import dev.vigil.vault.Resealing;
import dev.vigil.vault.SharedRing;
import dev.vigil.vault.SharedRing.Change;
import dev.vigil.vault.SharedRing.Verdict;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The bucket's key ring, {@code keys/ring}, and the one that is held here, made the same. Written by compare-and-swap only;
 * what stands in the bucket is kept here at once. One thread at a time. Blocks and throws like {@link SharedKeys}.
 */
final class RingMirror {
    static final String KEY = "keys/ring";
    /** Each lost race is another machine's success. */
    static final int ATTEMPTS = 8;

    private final ObjectStore store;
    private final SharedRing ring;
    private final BucketSweep sweep;

    /** Which version of the bucket's ring is the one that is held here. Touched by who has the turn. */
    private @Nullable Version known;

    RingMirror(ObjectStore store, SharedRing ring, BucketSweep sweep) {
        this.store = store;
        this.ring = ring;
        this.sweep = sweep;
    }

    boolean isThere() {
        return store.get(KEY).isPresent();
    }

    Pulled pull() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Fetched fetched = fetched();
            if (fetched instanceof Unchanged) {
                return new Current();
            }
            Optional<Pulled> settled = fetched instanceof Stored stored ? judged(stored) : missing();
            if (settled.isPresent()) {
                return settled.get();
            }
        }
        throw overtaken();
    }

    /**
     * Changes the newest ring, if it is as {@code wanted}.
     *
     * @return from the state before to the one after; empty when it is not as wanted
     */
    Optional<Resealing> changed(Change change, Predicate<HeldRing> wanted) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (pull() instanceof Refused refused) {
                throw refused(refused);
            }
            byte[] before = ring.bytes().orElseThrow();
            if (!wanted.test(ring.held().orElseThrow())) {
                return Optional.empty();
            }
            byte[] after = ring.after(change, before);
            if (isWritten(after, Optional.ofNullable(known))) {
                return Optional.of(ring.resealing(before, after));
            }
        }
        throw overtaken();
    }

    /** Is the ring held here the one that a listing has shown? */
    boolean isCurrent(Optional<Version> listed) {
        return listed.isPresent()
                && listed.equals(Optional.ofNullable(known))
                && ring.bytes().isPresent();
    }

    private Fetched fetched() {
        boolean isHeld = ring.bytes().isPresent();
        if (known != null && isHeld) {
            return store.getIfChanged(KEY, known);
        }
        return store.get(KEY).<Fetched>map(stored -> stored).orElseGet(Absent::new);
    }

    /** Empty when somebody was faster. */
    private Optional<Pulled> missing() {
        Optional<byte[]> ours = ring.bytes();
        if (ours.isPresent()) {
            return restored("The bucket has no key ring any more.", ours.get(), Optional.empty());
        }
        return isWritten(ring.first(), Optional.empty()) ? Optional.of(new Made()) : Optional.empty();
    }

    /** Empty when somebody was faster. */
    private Optional<Pulled> judged(Stored stored) {
        Verdict verdict = ring.judge(stored.content());
        if (verdict instanceof Verdict.Same) {
            known = stored.version();
            return Optional.of(new Current());
        }
        if (verdict instanceof Verdict.Newer newer) {
            // Before the ring itself: it would be forgotten what this machine was to heal.
            int healed = newer.healing()
                    .map(sweep::over)
                    .map(BucketSweep.Result::sealedAnew)
                    .orElse(0);
            ring.keep(stored.content());
            known = stored.version();
            return Optional.of(new Taken(healed));
        }
        if (verdict instanceof Verdict.Older older) {
            byte[] ours = ring.bytes().orElseThrow();
            return restored(
                    "The key ring in the bucket is not the newest: " + older.why() + ".",
                    older.isFork() ? ring.after(Change.RAISED, ours) : ours,
                    Optional.of(stored.version()));
        }
        if (verdict instanceof Verdict.Refused refused) return Optional.of(new Refused(refused.why()));
        throw new AssertionError(verdict);
    }

    private Optional<Pulled> restored(String why, byte[] ours, Optional<Version> over) {
        try {
            return isWritten(ours, over) ? Optional.of(new RolledBack(why, true)) : Optional.empty();
        } catch (StoreException e) {
            if (e.isRetriable()) {
                throw e;
            }
            return Optional.of(new RolledBack(why, false));
        }
    }

    /** Writes a ring by compare-and-swap and, once it stands, keeps it here; false when somebody was faster. */
    private boolean isWritten(byte[] content, Optional<Version> over) {
        Optional<Version> standing = Swap.put(store, KEY, content, over);
        standing.ifPresent(version -> {
            ring.keep(content);
            known = version;
        });
        return standing.isPresent();
    }

    static StoreException refused(Refused refused) {
        return new StoreException(StoreException.Kind.REFUSED, false, refused.why());
    }

    static StoreException overtaken() {
        return new StoreException(
                StoreException.Kind.TIMED_OUT,
                false,
                KEY + " was changed by other machines " + ATTEMPTS + " times in a row. Try again");
    }
}
