// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition, never for a time: another process cannot be told what time it is. */
final class Await {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private Await() {}

    /** @param otherwise what to say when the limit passes first */
    static void until(Duration limit, BooleanSupplier condition, Supplier<String> otherwise) {
        until(limit, LOOK_AGAIN, condition, otherwise);
    }

    /** @param pace between two looks, for a condition that is not cheap */
    static void until(Duration limit, Duration pace, BooleanSupplier condition, Supplier<String> otherwise) {
        if (!within(limit, pace, condition)) {
            throw new AssertionError("not within " + limit.toMillis() + " ms: " + otherwise.get());
        }
    }

    /** Looks at least once. False when the limit passes first. */
    static boolean within(Duration limit, BooleanSupplier condition) {
        return within(limit, LOOK_AGAIN, condition);
    }

    private static boolean within(Duration limit, Duration pace, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(pace.toNanos());
        }
        return true;
    }
}
