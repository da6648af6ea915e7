// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;

/**
 * One moment on both clocks. The wall clock can jump, the monotonic one stops while some machines sleep; a deadline falls
 * when either says so (see {@link Deadline}).
 *
 * @param wall what the wall clock says
 * @param monotonic time since an arbitrary origin of this process, never running backwards
 */
public record Now(Instant wall, Duration monotonic) {
    private static final Duration LEAP = Duration.ofSeconds(30);

    /** Has one clock leapt against the other since then? So it is after a sleep, or when somebody has set the time. */
    public boolean hasLeaptSince(Now before) {
        Duration byWall = Duration.between(before.wall, wall);
        return byWall.minus(monotonic.minus(before.monotonic)).abs().compareTo(LEAP) > 0;
    }
}
