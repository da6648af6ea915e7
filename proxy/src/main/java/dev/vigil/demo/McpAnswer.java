// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the MCP server is about to say to one request. */
sealed interface McpAnswer {

    record Whole(WebAnswer web) implements McpAnswer {}

    /** Server-sent events, one after each pause; the last one is the answer and ends the stream. */
    record Events(List<ObjectNode> events, Duration pause) implements McpAnswer {}

    /**
     * A stream that stays open for what the server may have to say.
     *
     * @param session whose end is the stream's end; empty where there are no sessions
     * @param subscription goes into every notification; missing before 2026-07-28
     * @param hearsOfTools whether the client wants to be told that the tools have changed
     * @param first sent at once
     */
    record Standing(String session, JsonNode subscription, boolean hearsOfTools, List<ObjectNode> first)
            implements McpAnswer {}

    /** {@code before}, {@code bytes} times the letter x, {@code after}: made while it is sent. */
    record Large(String before, long bytes, String after) implements McpAnswer {}

    static McpAnswer json(int status, ObjectNode body) {
        return new Whole(WebAnswer.json(status, body));
    }

    static McpAnswer empty(int status) {
        return new Whole(WebAnswer.empty(status));
    }
}
