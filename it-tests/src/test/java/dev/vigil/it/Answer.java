// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/**
 * What a client heard of one call, and how long that took.
 *
 * @param words for a table: the kind of a skip, or the words of an error
 */
record Answer(Duration took, Kind kind, String words) {
    /** Nobody waits longer: twice the time that Vigil may hold a call back, and no timeout of the peer's own is near. */
    static final Duration HANG = Duration.ofSeconds(12);

    static final String CALL = "are you there";

    enum Kind {
        /** The tool's own answer. */
        GOOD,
        /** An answer that says to a machine what is wrong and what to do. */
        STRUCTURED,
        /** Some other error. */
        ERROR,
        /** None. */
        HUNG
    }

    /** @param message a whole JSON-RPC response */
    static Answer to(long begun, JsonNode message) {
        Duration took = since(begun);
        JsonNode result = message.path("result");
        String text = result.path("content").path(0).path("text").asString("");
        if (text.equals(CALL) && !result.path("isError").asBoolean(false)) {
            return new Answer(took, Kind.GOOD, "echo");
        }
        JsonNode skip = result.path("_meta").path("dev.vigil/skip");
        return skip.isObject()
                ? new Answer(took, Kind.STRUCTURED, skip.path("kind").asString())
                : new Answer(
                        took, Kind.ERROR, message.path("error").path("message").asString(text));
    }

    static Answer none(long begun) {
        return new Answer(since(begun), Kind.HUNG, "none");
    }

    /** What the official client throws when it hears an error or nothing. */
    static Answer broken(long begun, RuntimeException failure) {
        Duration took = since(begun);
        return took.compareTo(HANG) < 0 ? new Answer(took, Kind.ERROR, failure.toString()) : none(begun);
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    boolean isGood() {
        return kind == Kind.GOOD;
    }

    /** In few words. */
    String shown() {
        return switch (kind) {
            case GOOD -> "the tool's own";
            case STRUCTURED -> "skip: " + words;
            case ERROR -> "error: " + words;
            case HUNG -> "none";
        };
    }
}
