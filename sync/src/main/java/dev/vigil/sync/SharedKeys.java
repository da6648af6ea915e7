// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedKeys.Pulled.Current;
import dev.vigil.sync.SharedKeys.Pulled.Refused;
import dev.vigil.sync.SharedKeys.Pulled.RolledBack;
import dev.vigil.vault.HeldRing;
import dev.vigil.vault.Resealing;
import dev.vigil.vault.SharedRing;
import dev.vigil.vault.SharedRing.Change;
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
    private final SharedRing ring;
    private final BucketSweep sweep;
    /** Used under this. */
    private final RingMirror mirror;

    /** What was noticed while somebody did something else than look. Guarded by this. */
    private @Nullable RolledBack untold;

    public SharedKeys(ObjectStore store, SharedSeal seal) {
        this.ring = seal.ring();
        this.sweep = new BucketSweep(store);
        this.mirror = new RingMirror(store, ring, sweep);
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
     * @param leftOut messages about objects that do not open and with which nothing is lost, which stand in the way of nothing
     */
    public record Changed(long primary, List<Long> removed, int sealedAnew, List<String> left, List<String> leftOut) {}

    /** Is the ring here the one that a listing of the bucket has just shown? Then there is nothing to pull. */
    public synchronized boolean isCurrent(Optional<Version> listed) {
        return untold == null && mirror.isCurrent(listed);
    }

    /** Takes a newer ring over, puts an older one right, and makes the first one where there is none at all. */
    public synchronized Pulled pull() {
        Pulled now = mirror.pull();
        if (now instanceof Current && untold != null) {
            now = untold;
        }
        untold = null;
        return now;
    }

    /**
     * As {@link #pull}, for those who cannot go on without the ring. What is to be reported waits for the next pull.
     *
     * @throws StoreException also when the ring is refused
     */
    synchronized void follow() {
        Pulled now = mirror.pull();
        if (now instanceof Refused refused) {
            throw RingMirror.refused(refused);
        }
        if (now instanceof RolledBack back) {
            untold = back;
        }
    }

    /** Has the bucket a ring at all? One request; changes nothing. */
    public boolean isThere() {
        return mirror.isThere();
    }

    /** What is held here; empty before the first {@link #pull}. No request. */
    public Optional<HeldRing> held() {
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
    public synchronized Optional<Changed> rotateIf(Predicate<HeldRing> wanted) {
        return changed(Change.ROTATED, wanted).map(done -> sealedAnew(done, List.of(), 0));
    }

    /**
     * Seals every object anew, then removes the old keys for good, then seals anew what another machine wrote meanwhile.
     *
     * @return with {@code left}, when an object is still under an old key: then no key was removed
     */
    public synchronized Changed retire() {
        return retired(false);
    }

    /** First half of a change of the key-encryption key: the old one and the next both open the ring. */
    public synchronized void wrapTwice() {
        changed(Change.WRAPPED_TWICE, held -> !isUnderNext());
    }

    /**
     * Second half: from now on nothing in the bucket opens with anything that who had the old key-encryption key has. Goes
     * on where an earlier attempt stopped, and does nothing when another machine has done it all.
     */
    public synchronized Changed shutOut() {
        changed(Change.SHUTTING_OUT, held -> !isUnderNext());
        // Also over what is left: an object that opens for nobody must not keep the door open.
        return retired(true);
    }

    private Changed retired(boolean despiteLeft) {
        for (int attempt = 0; attempt < RingMirror.ATTEMPTS; attempt++) {
            follow();
            byte[] now = ring.bytes().orElseThrow();
            Changed first = sealedAnew(ring.resealing(now, now), List.of(), 0);
            List<Long> old = old();
            if (old.isEmpty() || !(despiteLeft || first.left().isEmpty())) {
                return first;
            }
            Optional<Resealing> done = changed(Change.RETIRED, held -> held.primary() == first.primary());
            if (done.isPresent()) {
                return sealedAnew(done.get(), old, first.sealedAnew());
            }
        }
        throw RingMirror.overtaken();
    }

    private Optional<Resealing> changed(Change change, Predicate<HeldRing> wanted) {
        follow();
        return mirror.changed(change, wanted);
    }

    private List<Long> old() {
        HeldRing held = held().orElseThrow();
        return held.keyIds().stream().filter(id -> id != held.primary()).toList();
    }

    /** Does the ring that is held here open with the next key-encryption key alone? During a change of it. */
    public boolean isUnderNext() {
        return ring.bytes().filter(ring::isUnderNext).isPresent();
    }

    private Changed sealedAnew(Resealing resealing, List<Long> removed, int before) {
        BucketSweep.Result result = sweep.over(resealing);
        long primary = held().orElseThrow().primary();
        return new Changed(primary, removed, before + result.sealedAnew(), result.left(), result.leftOut());
    }
}
