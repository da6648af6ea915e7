// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import io.netty.handler.codec.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON-RPC message that a client sent, with the headers of its request.
 *
 * @param root an object, long strings cut
 * @param bodyBytes how many bytes it really had
 * @param isCut whether a string was cut
 */
record McpMessage(HttpHeaders headers, JsonNode root, long bodyBytes, boolean isCut) {
    static final String MODERN_VERSION = "2026-07-28";
    static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";

    JsonNode id() {
        return root.path("id");
    }

    /** Wants an answer; else it is a notification, or an answer to something that we never ask. */
    boolean isRequest() {
        return !method().isEmpty() && !id().isMissingNode();
    }

    String method() {
        return root.path("method").asString("");
    }

    JsonNode params() {
        return root.path("params");
    }

    JsonNode meta() {
        return params().path("_meta");
    }

    String tool() {
        return params().path("name").asString("");
    }

    JsonNode arguments() {
        return params().path("arguments");
    }

    String header(String name) {
        return headers.get(name, "");
    }

    /** Lenient clients send the new headers with an {@code initialize} too, so the body decides. */
    boolean isModern() {
        boolean says = meta().has(VERSION_KEY) || method().equals("server/discover");
        return says || (header("MCP-Protocol-Version").equals(MODERN_VERSION) && !method().equals("initialize"));
    }

    /** Our answer; each result says that it is complete since 2026-07-28, which forbids to leave it out. */
    ObjectNode result(ObjectNode result) {
        return JsonRpc.result(id(), isModern() ? result.put("resultType", "complete") : result);
    }

    ObjectNode error(int code, String text) {
        return JsonRpc.error(id(), code, text);
    }
}
