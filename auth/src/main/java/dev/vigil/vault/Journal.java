// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happened, in a file {@code events/NAME.jsonl} that only grows: a JSON object in each line, with {@code v} (1), {@code
 * time} (ISO 8601, UTC), and fields that whoever writes it describes. Readers skip fields that they do not know, lines of
 * another version and lines that a crash cut short. When a line would make the file longer than 256 KiB, the file becomes
 * {@code NAME.jsonl.1}, and the one of that name before it is forgotten.
 *
 * <p>Not synced: a power cut may cost the last lines, and history is not worth a wait. Holds no secret. Several processes
 * may write at once. Any thread but {@code proxy-io}; throws {@link VaultException}.
 */
public final class Journal {
    private static final int VERSION = 1;
    private static final int LONGEST = 256 * 1024;
    /** One line may be longer than a file should be, and is written all the same. */
    private static final int READABLE = 4 * LONGEST;
    /** Nobody holds the lock for longer than a write takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path file;
    private final Path older;
    private final Path lock;
    private final SafeFiles files;

    Journal(Path file, Path lock, SafeFiles files) {
        this.file = file;
        this.older = file.resolveSibling(file.getFileName() + ".1");
        this.lock = lock;
        this.files = files;
    }

    /** An empty line, ready to be filled. */
    public static ObjectNode line(String time) {
        return Fields.empty().put("v", VERSION).put("time", time);
    }

    /** Writes one line. */
    public void append(ObjectNode line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            long size = FileFacts.of(file).map(FileFacts::size).orElse(0L);
            if (size > 0 && size + bytes.length > LONGEST) {
                files.move(file, older);
            }
            files.append(file, bytes);
        }
    }

    /** Every line that is still there, oldest first. Reads without the lock: a line that moves meanwhile may be missed. */
    public List<ObjectNode> lines() {
        return Stream.of(older, file)
                .flatMap(part -> files.read(part, READABLE).stream())
                .flatMap(content -> new String(content, StandardCharsets.UTF_8).lines())
                .flatMap(line -> readable(line).stream())
                .toList();
    }

    private static Optional<ObjectNode> readable(String line) {
        try {
            Fields fields = Fields.parse(line.getBytes(StandardCharsets.UTF_8));
            fields.instant("time");
            return fields.number("v") == VERSION ? Optional.of(fields.node()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
