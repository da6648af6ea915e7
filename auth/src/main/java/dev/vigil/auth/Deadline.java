// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;

/**
 * A moment to come, on both clocks: it is due as soon as either clock has reached it, so that neither a wall clock set
 * back nor a monotonic clock that stood still during sleep can postpone it.
 */
public record Deadline(Instant wall, Duration monotonic) {

    /** The deadline at {@code wall}, as seen from {@code now}. */
    public static Deadline at(Instant wall, Now now) {
        return new Deadline(wall, now.monotonic().plus(Duration.between(now.wall(), wall)));
    }

    /** The deadline {@code delay} after {@code now}. */
    public static Deadline in(Duration delay, Now now) {
        return new Deadline(now.wall().plus(delay), now.monotonic().plus(delay));
    }

    /** The one that is due first, as seen from {@code now}. */
    Deadline orEarlier(Deadline other, Now now) {
        return left(now).compareTo(other.left(now)) <= 0 ? this : other;
    }

    public boolean isDue(Now now) {
        return !now.wall().isBefore(wall) || now.monotonic().compareTo(monotonic) >= 0;
    }

    /** Time left by the clock that will reach the deadline first; zero or negative when it is due. */
    public Duration left(Now now) {
        Duration byWall = Duration.between(now.wall(), wall);
        Duration byMonotonic = monotonic.minus(now.monotonic());
        return byWall.compareTo(byMonotonic) < 0 ? byWall : byMonotonic;
    }
}
