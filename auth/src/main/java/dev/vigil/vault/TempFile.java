// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of half-written files: {@code .NAME.tmp-PID-RANDOM}. The process id tells a sweep whose work it is. Containers
 * that share a folder but not their process ids may sweep each other's; the writer then fails and its old file stands.
 */
final class TempFile {
    private static final Pattern NAME = Pattern.compile("\\..+\\.tmp-([0-9]{1,10})-[0-9a-f]{16}");
    /** Start times of processes are derived from the uptime and may be off by a second or so. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private TempFile() {}

    static Path beside(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".tmp-"
                + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(Randomness.bytes(8)));
    }

    static boolean isOne(Path file) {
        return NAME.matcher(name(file)).matches();
    }

    /** The file that this one was to become. */
    static Path target(Path temporary) {
        String name = name(temporary);
        return temporary.resolveSibling(name.substring(1, name.lastIndexOf(".tmp-")));
    }

    /** Has its writer gone, or is it older than the process that has the writer's id now? */
    static boolean isAbandoned(Path file) {
        Matcher matcher = NAME.matcher(name(file));
        Optional<FileFacts> facts = matcher.matches() ? FileFacts.of(file) : Optional.empty();
        if (facts.isEmpty() || !facts.get().isRegularFile()) {
            return false;
        }
        Instant written = facts.get().modifiedAt();
        return ProcessHandle.of(Long.parseLong(matcher.group(1)))
                .map(process -> process.info()
                        .startInstant()
                        .filter(started -> started.isAfter(written.plus(SLACK)))
                        .isPresent())
                .orElse(true);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
