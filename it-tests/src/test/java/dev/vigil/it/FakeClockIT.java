// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vigil.it.ClockProbe.Clocks;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every test with a moved clock rests on, proved on the JDK in use: in a running process the wall clock can be moved
 * either way and back, while the monotonic clock and timed waits stay as they are.
 */
class FakeClockIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Between a process that says its time and one that reads it, on a busy machine. */
    private static final Duration LATE = Duration.ofSeconds(20);

    @Test
    void wallClockOfARunningJvmMovesAndItsMonotonicClockDoesNot(@TempDir Path folder) throws Exception {
        FakeClock clock = FakeClock.in(folder);
        try (Child probe = probe(clock)) {
            Duration before = Duration.ofNanos(System.nanoTime());
            Clocks first = ask(probe, 1);
            assertOff(first, Duration.ZERO);

            clock.isOff(Duration.ofMinutes(10));
            assertOff(ask(probe, 2), Duration.ofMinutes(10));
            clock.isOff(Duration.ofMinutes(-10));
            assertOff(ask(probe, 3), Duration.ofMinutes(-10));
            clock.isOff(Duration.ofHours(8));
            assertOff(ask(probe, 4), Duration.ofHours(8));
            clock.isOff(Duration.ZERO);
            Clocks last = ask(probe, 5);
            assertOff(last, Duration.ZERO);

            Duration real = Duration.ofNanos(System.nanoTime()).minus(before);
            Duration waits = ClockProbe.WAIT.multipliedBy(2 * 4); // of the first four questions
            assertThat(last.monotonic().minus(first.monotonic())).isBetween(waits, real);
        }
    }

    private static Child probe(FakeClock clock) throws URISyntaxException {
        Path classes = Path.of(ClockProbe.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java, "-cp", classes.toString(), ClockProbe.class.getName());
        builder.environment().putAll(clock.surroundings());
        return Child.start("clock-probe", builder);
    }

    /** @param question how many have been asked by now */
    private static Clocks ask(Child probe, int question) {
        probe.type("?");
        Await.until(LIMIT, () -> probe.output().size() >= question, () -> "no answer from the probe. " + probe.story());
        return Clocks.parse(probe.output().get(question - 1));
    }

    private static void assertOff(Clocks clocks, Duration by) {
        assertThat(clocks.wall())
                .as("wall clock, off by " + by)
                .isCloseTo(Instant.now().plus(by), within(LATE.toMillis(), ChronoUnit.MILLIS));
        assertThat(clocks.parked()).as("a parked thread").isBetween(ClockProbe.WAIT, LATE);
        assertThat(clocks.timed()).as("a timer").isBetween(ClockProbe.WAIT, LATE);
    }
}
