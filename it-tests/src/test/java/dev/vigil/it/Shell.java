// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Small commands of the system, run to their end. */
final class Shell {
    private Shell() {}

    /** The command is not installed. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1;

        private NotThere(IOException cause) {
            super(cause);
        }
    }

    /** What it said, without white space around it; anything but exit code 0 fails the test. */
    static String run(Duration limit, String... command) {
        String line = String.join(" ", command);
        Process process = started(command);
        try (InputStream output = process.getInputStream()) {
            process.getOutputStream().close();
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(line + " does not end");
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(line + " ended with " + process.exitValue() + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process started(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new NotThere(e);
        }
    }
}
