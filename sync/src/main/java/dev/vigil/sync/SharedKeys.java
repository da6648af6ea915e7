// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Absent;
import dev.vigil.sync.ObjectStore.Fetched;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Unchanged;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedKeys.Pulled.Current;
import dev.vigil.sync.SharedKeys.Pulled.Made;
import dev.vigil.sync.SharedKeys.Pulled.Refused;
import dev.vigil.sync.SharedKeys.Pulled.RolledBack;
import dev.vigil.sync.SharedKeys.Pulled.Taken;
import dev.vigil.vault.Resealing;
import dev.vigil.vault.SharedRing;
import dev.vigil.vault.SharedRing.Change;
import dev.vigil.vault.SharedRing.Held;
import dev.vigil.vault.SharedRing.Verdict;
import dev.vigil.vault.SharedSeal;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this machine's key ring and that of the bucket ({@code keys/ring}) the same, and changes it for all machines. The
 * ring is written by compare-and-swap only, and stands in the bucket before anything here is sealed with it.
 *
 * <p>Any thread but {@code proxy-io}, one at a time: the others wait for its few requests. Blocks like the store. All throw
 * {@link StoreException} when the store gives no clear answer, and {@link VaultException} for what this machine's own files
 * refuse.
 */
public final class SharedKeys {
    static final String KEY = "keys/ring";
    /** Each lost race is another machine's success. */
    private static final int ATTEMPTS = 8;

    private final ObjectStore store;
    private final SharedRing ring;
    private final BucketSweep sweep;

    /** Which version of the bucket's ring is the one that is held here. Guarded by this. */
    private @Nullable Version known;
    /** What was noticed while somebody did something else than look. Guarded by this. */
    private @Nullable RolledBack untold;

    public SharedKeys(ObjectStore store, SharedSeal seal) {
        this.store = store;
        this.ring = seal.ring();
        this.sweep = new BucketSweep(store);
    }

    /** What a look at the bucket's ring brought. */
    public sealed interface Pulled {
        /** Nothing new. */
        record Current() implements Pulled {}

        /** The bucket had none, and has a fresh one now. */
        record Made() implements Pulled {}

        /** @param healed how many objects in the bucket were still under keys that are gone, and are no more */
        record Taken(int healed) implements Pulled {}

        /**
         * Somebody has put an older or damaged ring in the place of the newest, or none. To be reported.
         *
         * @param why as a sentence
         * @param restored does the newest stand there again? Not where this machine may not write
         */
        record RolledBack(String why, boolean restored) implements Pulled {}

        /**
         * Nothing there can be used until a person acts.
         *
         * @param why what is wrong and what helps, as sentences
         */
        record Refused(String why) implements Pulled {}
    }

    /**
     * What a change did.
     *
     * @param primary the key that seals now
     * @param removed ids of the keys that are gone
     * @param sealedAnew how many objects in the bucket are under the primary now that were not before
     * @param left messages about objects that could not be sealed anew
     */
    public record Changed(long primary, List<Long> removed, int sealedAnew, List<String> left) {}

    /** Is the ring here the one that a listing of the bucket has just shown? Then there is nothing to pull. */
    public synchronized boolean isCurrent(Optional<Version> listed) {
        return known != null
                && untold == null
                && listed.equals(Optional.of(known))
                && ring.bytes().isPresent();
    }

    /** Takes a newer ring over, puts an older one right, and makes the first one where there is none at all. */
    public synchronized Pulled pull() {
        Pulled now = pulled();
        if (now instanceof Current && untold != null) {
            now = untold;
        }
        untold = null;
        return now;
    }

    private Pulled pulled() {
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
     * As {@link #pull}, for those who cannot go on without the ring. What is to be reported waits for the next pull.
     *
     * @throws StoreException also when the ring is refused
     */
    synchronized void follow() {
        Pulled now = pulled();
        if (now instanceof Refused refused) {
            throw new StoreException(StoreException.Kind.REFUSED, false, refused.why());
        }
        if (now instanceof RolledBack back) {
            untold = back;
        }
    }

    /** What is held here; empty before the first {@link #pull}. No request. */
    public Optional<Held> held() {
        return ring.held();
    }

    /** A new primary key for all machines; every object is sealed anew, and the old keys stay readable. */
    public Changed rotate() {
        return rotateIf(held -> true).orElseThrow();
    }

    /**
     * As {@link #rotate}, if the newest ring is as {@code wanted}, also after another machine was faster.
     *
     * @return empty when there was nothing to do
     */
    public synchronized Optional<Changed> rotateIf(Predicate<Held> wanted) {
        return changed(Change.ROTATED, wanted).map(done -> sealedAnew(done, List.of()));
    }

    /**
     * Seals every object anew, then removes the old keys for good, then seals anew what another machine wrote meanwhile.
     *
     * @return with {@code left}, when an object is still under an old key: then no key was removed
     */
    public synchronized Changed retire() {
        follow();
        byte[] before = ring.bytes().orElseThrow();
        Changed first = sealedAnew(ring.resealing(before, before), List.of());
        List<Long> old = old();
        return first.left().isEmpty() && !old.isEmpty() ? dropped(first, old) : first;
    }

    /** First half of a change of the key-encryption key: the old one and the next both open the ring. */
    public synchronized void wrapTwice() {
        follow();
        if (!isUnderNext()) {
            changed(Change.WRAPPED_TWICE, held -> !isUnderNext());
        }
    }

    /**
     * Second half: from now on nothing in the bucket opens with anything that who had the old key-encryption key has. Goes
     * on where an earlier attempt stopped, and does nothing when another machine has done it all.
     */
    public synchronized Changed shutOut() {
        follow();
        List<Long> before = held().orElseThrow().keyIds();
        changed(Change.SHUTTING_OUT, held -> !isUnderNext());
        byte[] now = ring.bytes().orElseThrow();
        Changed first = sealedAnew(ring.resealing(now, now), List.of());
        List<Long> old = old();
        // Also over what is left: an object that opens for nobody must not keep the door open.
        return old.isEmpty()
                ? first
                : dropped(first, before.stream().filter(old::contains).toList());
    }

    private Changed dropped(Changed first, List<Long> old) {
        Optional<Resealing> done = changed(Change.RETIRED, held -> held.keyIds().containsAll(old) && old().equals(old));
        Changed second = done.map(one -> sealedAnew(one, old)).orElse(first);
        return new Changed(second.primary(), second.removed(), first.sealedAnew() + second.sealedAnew(), second.left());
    }

    private List<Long> old() {
        Held held = held().orElseThrow();
        return held.keyIds().stream().filter(id -> id != held.primary()).toList();
    }

    private boolean isUnderNext() {
        return ring.bytes().filter(ring::isUnderNext).isPresent();
    }

    private Changed sealedAnew(Resealing resealing, List<Long> removed) {
        BucketSweep.Result result = sweep.over(resealing);
        return new Changed(held().orElseThrow().primary(), removed, result.sealedAnew(), result.left());
    }

    /** From the state before to the one after; empty when the newest ring is not as wanted. */
    private Optional<Resealing> changed(Change change, Predicate<Held> wanted) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            follow();
            byte[] before = ring.bytes().orElseThrow();
            if (!wanted.test(held().orElseThrow())) {
                return Optional.empty();
            }
            byte[] after = ring.after(change, before);
            if (isWritten(after, Optional.ofNullable(known))) {
                return Optional.of(ring.resealing(before, after));
            }
        }
        throw overtaken();
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

    private static StoreException overtaken() {
        return new StoreException(
                StoreException.Kind.TIMED_OUT,
                false,
                KEY + " was changed by other machines " + ATTEMPTS + " times in a row. Try again");
    }
}
