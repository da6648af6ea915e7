// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/**
 * A wall clock of its own for processes that run in its surroundings, moved while they run. It is Debian's libfaketime;
 * {@link FakeClockIT} proves on each JDK what the tests rely on: the monotonic clock and all waiting are left alone.
 */
final class FakeClock {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path file;
    private final String library;

    private FakeClock(Path file, String library) {
        this.file = file;
        this.library = library;
    }

    /**
     * A clock that shows the right time until it is moved.
     *
     * @param folder where it may keep its file
     * @throws RuntimeException the way out of a test on a machine without libfaketime
     */
    static FakeClock in(Path folder) {
        FakeClock clock = new FakeClock(folder.resolve("faketime"), library());
        clock.isOff(Duration.ZERO);
        return clock;
    }

    /** What the wrapper would preload: it knows where the library is. */
    private static String library() {
        try {
            return Shell.run(LIMIT, "faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD");
        } catch (Shell.NotThere e) {
            throw Requires.missing("faketime", "To install it: apt-get install faketime");
        }
    }

    /** From now on it is off by so much; negative where it is slow. */
    void isOff(Duration by) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, String.format("%+d", by.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Environment variables that put a process under this clock. */
    Map<String, String> surroundings() {
        return Map.of(
                "LD_PRELOAD",
                library,
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "DONT_FAKE_MONOTONIC",
                "1",
                // On by default with newer C libraries; it makes every timed wait of a JVM return at once.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0",
                // Files carry the machine's time, which sleep and a wrong clock in one process do not change.
                "NO_FAKE_STAT",
                "1");
    }
}
