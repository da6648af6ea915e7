// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.Optional;

/**
 * Notices that one clock has leapt against the other: the machine slept, or somebody set the time. After that the network
 * is often not up yet, and a rotating token must not be spent into it (claude-code#93014), so refreshes rest for a moment.
 * Touched by one thread.
 */
final class LeapWatch {
    private static final Duration REST = Duration.ofSeconds(5);

    private Optional<Now> last = Optional.empty();
    private Optional<Duration> restUntil = Optional.empty();

    /** Looks at the clocks; true when they have leapt against each other since the last look. */
    boolean look(Now now) {
        boolean leapt = last.map(now::hasLeaptSince).orElse(false);
        last = Optional.of(now);
        if (leapt) {
            restUntil = Optional.of(now.monotonic().plus(REST));
        }
        return leapt;
    }

    /** How long refreshes should rest; zero when they need not. */
    Duration rest(Now now) {
        Duration left = restUntil.map(end -> end.minus(now.monotonic())).orElse(Duration.ZERO);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
