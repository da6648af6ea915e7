// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process and its children may open. */
final class Descriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private Descriptors() {}

    /** The hard limit: a JVM raises the soft one to it by itself. 0 where nobody tells. */
    static long limit() {
        if (!Files.exists(LIMITS)) {
            return 0;
        }
        return Checkout.read(LIMITS)
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.replaceAll(".* (\\S+) +files *$", "$1"))
                .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
                .findFirst()
                .orElse(0);
    }
}
