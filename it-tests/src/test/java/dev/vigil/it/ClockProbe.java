// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program that tells its clocks. For each line on standard input it says its wall clock, its monotonic clock, and how
 * long two timed waits took by the latter: of a parked thread, and of a timer.
 */
final class ClockProbe {
    static final Duration WAIT = Duration.ofMillis(200);

    private ClockProbe() {}

    /** What it said; the monotonic clock has its zero anywhere. */
    record Clocks(Instant wall, Duration monotonic, Duration parked, Duration timed) {

        @Override
        public String toString() {
            return String.join(" ", wall.toString(), monotonic.toString(), parked.toString(), timed.toString());
        }

        static Clocks parse(String line) {
            String[] words = line.split(" ", -1);
            return new Clocks(
                    Instant.parse(words[0]),
                    Duration.parse(words[1]),
                    Duration.parse(words[2]),
                    Duration.parse(words[3]));
        }
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (asked.readLine() != null) {
            Instant wall = Instant.now();
            Duration monotonic = monotonic();
            System.out.println(new Clocks(wall, monotonic, took(ClockProbe::park), took(ClockProbe::awaitTimer)));
        }
    }

    private static Duration monotonic() {
        return Duration.ofNanos(System.nanoTime());
    }

    private static Duration took(Runnable wait) {
        Duration begun = monotonic();
        wait.run();
        return monotonic().minus(begun);
    }

    private static void park() {
        try {
            boolean opened = new CountDownLatch(1).await(WAIT.toMillis(), TimeUnit.MILLISECONDS);
            assert !opened;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitTimer() {
        new CompletableFuture<Void>()
                .completeOnTimeout(null, WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
