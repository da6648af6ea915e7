// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Permissions, set and told as {@code rwx------}. */
final class Modes {
    private Modes() {}

    static String of(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
    }

    static void set(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** Everything below a folder and the folder itself: folders closed to others, files too. */
    static void makePrivate(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.toList()) {
                set(path, Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
    }
}
