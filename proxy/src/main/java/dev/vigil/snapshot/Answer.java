// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server's answer to one request, as it comes: JSON, or the event among others that carries our id. One thread at a time. */
final class Answer implements Wire.Ear {
    private static final String SESSION = "Mcp-Session-Id";

    private final String id;
    private final int room;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final EventReader events = new EventReader();
    private int status;
    private int size;
    private boolean isEvents;
    private Optional<String> session = Optional.empty();
    private @Nullable ObjectNode picked;

    /**
     * @param id of the request; empty for a notification, to which there is no answer
     * @param room bytes that may come
     */
    Answer(String id, int room) {
        this.id = id;
        this.room = room;
    }

    @Override
    public boolean head(int code, Function<String, Optional<String>> header) {
        status = code;
        size = 0;
        body.reset();
        picked = null;
        session = header.apply(SESSION).filter(Answer::isSession);
        isEvents = header.apply("Content-Type")
                .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"))
                .isPresent();
        return id.isEmpty() && isEvents;
    }

    @Override
    public boolean piece(byte[] bytes) {
        size += bytes.length;
        if (isTooLong()) {
            return true;
        }
        if (!isEvents) {
            body.writeBytes(bytes);
            return false;
        }
        for (String event : events.feed(bytes)) {
            pick(event.getBytes(StandardCharsets.UTF_8));
        }
        return picked != null;
    }

    private void pick(byte[] json) {
        Json.object(json).filter(this::isOurs).ifPresent(found -> picked = found);
    }

    /** MCP 2025-11-25, transports: visible ASCII. */
    private static boolean isSession(String id) {
        return !id.isEmpty() && id.length() <= 1024 && id.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private boolean isOurs(ObjectNode message) {
        JsonNode theirs = message.get("id");
        return theirs != null && theirs.isString() && theirs.stringValue().equals(id);
    }

    int status() {
        return status;
    }

    int size() {
        return size;
    }

    boolean isTooLong() {
        return size > room;
    }

    Optional<String> session() {
        return session;
    }

    /** The response to our request; a refusal need not know our id. */
    Optional<ObjectNode> response() {
        if (isEvents) {
            return Optional.ofNullable(picked);
        }
        return Json.object(body.toByteArray()).filter(message -> isOurs(message) || message.has("error"));
    }

    /** Is it the response to our request, and to no other? */
    boolean isToOurs() {
        return response().filter(this::isOurs).isPresent();
    }

    /** The error object of JSON-RPC, where the response is one. */
    Optional<ObjectNode> error() {
        return response().flatMap(message -> Json.object(message, "error"));
    }
}
