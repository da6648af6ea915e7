// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;

/** Tells the time. Any thread may ask. */
@FunctionalInterface
public interface TimeSource {
    Now now();

    /** The machine's clocks. */
    static TimeSource system() {
        long origin = System.nanoTime();
        return () -> new Now(Instant.now(), Duration.ofNanos(System.nanoTime() - origin));
    }
}
