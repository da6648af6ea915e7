// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells commands about the daemon of this home, and keeps a second one from starting.
 *
 * <p>The format of {@code vigil.pid}, version 1: {@code {"v":1,"pid":4711,"port":7470,"started":"2026-11-20T14:02:03Z"}};
 * other fields are ignored. The file alone proves nothing, since a killed daemon leaves it behind: what counts is the
 * kernel's lock on {@code vigil.pid.lock}, which ends with the process.
 */
final class DaemonFile {
    private static final int VERSION = 1;
    /** Commands that look hold the lock for an instant; a daemon that starts just then must not take them for another. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final Path lock;
    private final ConfigEditor.Replace replace;

    /** @param file {@code vigil.pid}, in a folder that exists */
    DaemonFile(Path file, ConfigEditor.Replace replace) {
        this.file = file;
        this.lock = file.resolveSibling(file.getFileName() + ".lock");
        this.replace = replace;
    }

    /** A daemon that holds the lock. */
    record Running(long pid, int port, Instant started) {
        String url() {
            return "http://127.0.0.1:" + port;
        }
    }

    /** Makes this process the daemon; empty when another one is. Close the turn at the end. */
    Optional<FileTurn> claim() throws IOException {
        return FileTurn.take(lock, PATIENCE);
    }

    /** Publishes where this daemon listens. Claim first. */
    void publish(Running running) throws IOException {
        String content = JSON.writeValueAsString(JSON.createObjectNode()
                .put("v", VERSION)
                .put("pid", running.pid())
                .put("port", running.port())
                .put("started", running.started().toString()));
        replace.replace(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes back what was published. Claim first. */
    void retract() throws IOException {
        Files.deleteIfExists(file);
    }

    /** The daemon that runs now; empty also while one is starting. */
    Optional<Running> running() {
        try {
            return isHeld() ? read() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Without the lock we would show the owner key to whoever listens on the port of a daemon that is gone. */
    private boolean isHeld() throws IOException {
        if (Files.notExists(lock)) {
            return false;
        }
        Optional<FileTurn> free = FileTurn.take(lock, Duration.ZERO);
        if (free.isPresent()) {
            free.get().close();
        }
        return free.isEmpty();
    }

    private Optional<Running> read() throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode read = JSON.readTree(Files.readString(file));
            return Optional.of(new Running(
                    read.path("pid").asLong(),
                    read.path("port").asInt(),
                    Instant.parse(read.path("started").asString())));
        } catch (JacksonException | java.time.format.DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
