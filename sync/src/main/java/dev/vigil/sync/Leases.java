// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.Lease.Holder;
import dev.vigil.sync.Lease.Intended;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedVault.Found;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Turns at refreshing, one machine at a time. An authorization server knows no fencing numbers, so the lease itself is safe
 * by time: its holder sends nothing when less than {@link #LEAST_LEFT} of it is left, and others call it dead only when they
 * have seen one and the same lease for its whole length and {@link #GRACE} more, on their own clocks. No two clocks are ever
 * compared.
 *
 * <p>Any thread; for one connector only who has the machine's own turn at it. Throws like {@link SharedVault}.
 */
final class Leases {
    /** More than a refresh may take in all, from the check to the last byte of the answer. */
    static final Duration LEAST_LEFT = Duration.ofSeconds(30);

    private static final Duration GRACE = Duration.ofSeconds(30);
    /** A refresh takes a second or two. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    private final SharedVault bucket;
    private final Machine self;
    private final TimeSource time;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /** A lease of another machine, and when we first saw just this one. */
    private record Seen(String nonce, Now first) {}

    Leases(SharedVault bucket, Machine self, TimeSource time) {
        this.bucket = bucket;
        this.self = self;
        this.time = time;
    }

    /** What came of asking for a turn. */
    sealed interface Turn {
        /** It is ours. */
        record Ours(Found<Lease> lease, Now asked, Deadline end) implements Turn {
            Optional<Intended> intent() {
                return lease.value().intent();
            }
        }

        /**
         * @param holder who has it; empty when somebody took it in this very moment
         * @param isNews is it the first time that just this turn is met?
         */
        record Taken(Optional<Machine> holder, Duration lookAgain, boolean isNews) implements Turn {}
    }

    /** Asks for the turn at a connector. */
    Turn take(String connector) {
        Now asked = time.now();
        Optional<Found<Lease>> found;
        try {
            found = bucket.lease(connector);
        } catch (StoreException e) {
            if (!e.isSpoilt()) {
                throw e;
            }
            return overSpoilt(connector, asked, e);
        }
        Optional<Lease> standing = found.map(Found::value);
        Optional<Holder> other =
                standing.filter(lease -> lease.isHeldByAnother(self)).flatMap(Lease::holder);
        if (other.isPresent()) {
            String nonce = standing.orElseThrow().nonce();
            boolean isNews = !isKnown(connector, nonce);
            Duration left = untilDead(connector, nonce, other.get().ttl(), asked);
            if (!left.isNegative() && !left.isZero()) {
                return new Turn.Taken(
                        Optional.of(other.get().machine()), left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN, isNews);
            }
        }
        return taken(connector, standing.flatMap(Lease::intent), found.map(Found::version), asked);
    }

    /** Nobody can read whose turn it is: it is anybody's when it has stood there for as long as a dead machine's. */
    private Turn overSpoilt(String connector, Now asked, StoreException why) {
        Version standing = bucket.spoiltLease(connector).orElseThrow(() -> why);
        boolean isNews = !isKnown(connector, standing.tag());
        Duration left = untilDead(connector, standing.tag(), Lease.TTL, asked);
        return left.isNegative() || left.isZero()
                ? taken(connector, Optional.empty(), Optional.of(standing), asked)
                : new Turn.Taken(Optional.empty(), left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN, isNews);
    }

    private Turn taken(String connector, Optional<Intended> intent, Optional<Version> over, Now asked) {
        Lease ours = Lease.heldBy(self, intent);
        return bucket.put(connector, ours, over)
                .<Turn>map(version -> ours(connector, ours, version, asked))
                .orElseGet(() -> new Turn.Taken(Optional.empty(), LOOK_AGAIN, true));
    }

    /** Writes down what is about to be sent; empty when the turn was lost meanwhile. */
    Optional<Turn.Ours> intend(String connector, Turn.Ours turn, long epoch, long generation) {
        Lease next = turn.lease()
                .value()
                .intending(new Intended(self, epoch, generation, time.now().wall()));
        return bucket.put(connector, next, Optional.of(turn.lease().version()))
                .map(version -> new Turn.Ours(new Found<>(next, version), turn.asked(), turn.end()));
    }

    /**
     * Gives the turn back. Where that fails the lease dies by itself.
     *
     * @param left the intent whose outcome nobody knows, if so
     * @return false when it was written over while it was ours, which no machine of ours does
     */
    boolean release(String connector, Turn.Ours turn, Optional<Intended> left) {
        Optional<Version> given = bucket.put(
                connector, Lease.released(left), Optional.of(turn.lease().version()));
        return given.isPresent() || turn.end().isDue(time.now());
    }

    /**
     * What was sent stays written down even when the outcome stands in the bucket: the newer state settles it, and should
     * somebody bring an older state back, nobody takes that for one whose token is unspent.
     *
     * @param before what stood there when the turn was taken
     */
    static Optional<Intended> left(RefreshOutcome outcome, Turn.Ours turn, Optional<Intended> before) {
        if (outcome instanceof Rejected) return Optional.empty(); // the others may hear it too
        return outcome instanceof Unreachable ? before : turn.intent();
    }

    /**
     * Is enough of a turn left to send something? By either clock: one of them may have slept. Where one has leapt against the
     * other nobody knows how long that was: the wall clock may have been set back meanwhile.
     */
    boolean maySend(Turn.Ours turn) {
        Now now = time.now();
        return !now.hasLeaptSince(turn.asked()) && turn.end().left(now).compareTo(LEAST_LEFT) >= 0;
    }

    private Turn.Ours ours(String connector, Lease lease, Version version, Now asked) {
        seen.remove(connector);
        return new Turn.Ours(new Found<>(lease, version), asked, Deadline.in(Lease.TTL, asked));
    }

    private boolean isKnown(String connector, String nonce) {
        Seen before = seen.get(connector);
        return before != null && before.nonce().equals(nonce);
    }

    /** By the monotonic clock alone, which a sleeping machine may stop: late is safe, early is not. */
    private Duration untilDead(String connector, String nonce, Duration ttl, Now now) {
        Seen since = seen.compute(
                connector,
                (name, before) -> before != null && before.nonce().equals(nonce) ? before : new Seen(nonce, now));
        return since.first().monotonic().plus(ttl).plus(GRACE).minus(now.monotonic());
    }
}
