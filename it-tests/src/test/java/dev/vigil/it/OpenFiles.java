// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which files a process has open, as Linux tells. */
final class OpenFiles {
    private OpenFiles() {}

    /** None when the process has ended. */
    static List<Path> of(long pid) {
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            throw Requires.missing("/proc", "Run on Linux.");
        }
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return all.flatMap(one -> target(one).stream()).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Empty when it was closed meanwhile. */
    private static Optional<Path> target(Path descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(descriptor));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
