// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;

/** MCP by hand, for what the official client would not do or would not show. */
final class Mcp {
    static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",
             "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    private Mcp() {}

    static HttpRequest.Builder initializing(String endpoint, String token) {
        return posting(endpoint, INITIALIZE).header("Authorization", "Bearer " + token);
    }

    static HttpResponse<String> initialize(String endpoint, String token) {
        return Web.send(initializing(endpoint, token));
    }

    /** A call to a tool without arguments, id 7. */
    static HttpRequest.Builder calling(String endpoint, String token, String tool) {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":{}}}";
        return posting(endpoint, body).header("Authorization", "Bearer " + token);
    }

    static HttpRequest.Builder posting(String endpoint, String body) {
        return Web.to(endpoint)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString(body));
    }

    /** What the answer says to a model or a client: the tool's text or the error's message. */
    static String sentence(HttpResponse<String> answer) {
        JsonNode message = Json.read(answer.body());
        return message.has("error")
                ? message.path("error").path("message").asString()
                : message.path("result").path("content").path(0).path("text").asString();
    }

    /** The machine's half of an answer of Vigil's own. */
    static JsonNode skip(HttpResponse<String> answer) {
        JsonNode message = Json.read(answer.body());
        return message.has("error")
                ? message.path("error").path("data")
                : message.path("result").path("_meta").path("dev.vigil/skip");
    }
}
