// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.TimeSource;
import java.time.Duration;

/** How long to rest before an upstream's stream is asked for again: longer each time, unless it had stood for a while. */
final class Rest {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofMinutes(1);

    private final TimeSource time;
    private Duration next = FIRST;
    private Duration begun;

    Rest(TimeSource time) {
        this.time = time;
        this.begun = time.now().monotonic();
    }

    /** The stream stands. */
    void begun() {
        begun = time.now().monotonic();
    }

    /** The stream is gone, or could not be had. */
    Duration next() {
        if (time.now().monotonic().minus(begun).compareTo(A_WHILE) > 0) {
            next = FIRST;
        }
        Duration rest = next;
        Duration longer = next.multipliedBy(2);
        next = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        return rest;
    }
}
