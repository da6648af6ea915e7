// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** When something was done lately, on the monotonic clock: enough of it to keep to a rate. For one thread. */
final class CallTimes {
    /** More than any budget looks back at. */
    private static final int KEPT = 256;

    private final Deque<Duration> newestFirst = new ArrayDeque<>();

    void add(Duration at) {
        newestFirst.addFirst(at);
        if (newestFirst.size() > KEPT) {
            newestFirst.removeLast();
        }
    }

    /** What was counted last has not been done after all. */
    void takeBackNewest() {
        newestFirst.pollFirst();
    }

    /** How long until fewer than {@code limit} of them lie within {@code window}; zero when that is so now. */
    Duration untilBelow(int limit, Duration window, Duration now) {
        Iterator<Duration> times = newestFirst.iterator();
        for (int seen = 1; times.hasNext(); seen++) {
            Duration one = times.next();
            if (seen == limit) {
                Duration left = one.plus(window).minus(now);
                return left.isNegative() ? Duration.ZERO : left;
            }
        }
        return Duration.ZERO;
    }
}
