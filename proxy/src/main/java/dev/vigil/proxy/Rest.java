// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.util.Optional;

/** How long to rest before an upstream's stream is asked for again: longer each time, unless it had stood for a while. */
final class Rest {
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofMinutes(1);

    private final TimeSource time;
    private Duration next = FIRST;
    /** Since when the stream has stood; empty where there is none. */
    private Optional<Duration> begun = Optional.empty();

    Rest(TimeSource time) {
        this.time = time;
    }

    /** The stream stands. */
    void begun() {
        begun = Optional.of(time.now().monotonic());
    }

    /** The stream is gone, or could not be had. */
    Duration next() {
        Optional<Duration> stood = begun.map(since -> time.now().monotonic().minus(since));
        begun = Optional.empty();
        if (stood.isPresent() && stood.get().compareTo(A_WHILE) > 0) {
            next = FIRST;
        }
        Duration rest = next;
        Duration longer = next.multipliedBy(2);
        next = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
        return rest;
    }
}
