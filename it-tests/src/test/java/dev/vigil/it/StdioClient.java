// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** An MCP client that has started {@code vigil stdio} and speaks by lines. Whatever is no message fails the test. */
record StdioClient(Child child) implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MODERN = "2026-07-28";

    static StdioClient start(Product product, String connector) {
        return new StdioClient(product.start("stdio", connector));
    }

    /** The handshake of the session era. */
    JsonNode connect(String version) {
        JsonNode answer = ask(
                1,
                "initialize",
                Map.of(
                        "protocolVersion", version,
                        "capabilities", Map.of(),
                        "clientInfo", Map.of("name", "test", "version", "1")));
        tell("notifications/initialized", Map.of());
        return answer;
    }

    /** Sends a request and waits for its answer. */
    JsonNode ask(int id, String method, Map<String, Object> params) {
        send(id, method, params);
        return answer(id);
    }

    void send(int id, String method, Map<String, Object> params) {
        child.type(
                Json.MAPPER.writeValueAsString(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params)));
    }

    void tell(String method, Map<String, Object> params) {
        child.type(Json.MAPPER.writeValueAsString(Map.of("jsonrpc", "2.0", "method", method, "params", params)));
    }

    /** As {@link #ask}, in the era of 2026-07-28. */
    JsonNode askModern(int id, String method, Map<String, Object> params) {
        send(id, method, modern(params));
        return answer(id);
    }

    /** With the metadata that each request of that era carries. */
    static Map<String, Object> modern(Map<String, Object> params) {
        Map<String, Object> all = new java.util.HashMap<>(params);
        all.put(
                "_meta",
                Map.of(
                        "io.modelcontextprotocol/protocolVersion",
                        MODERN,
                        "io.modelcontextprotocol/clientCapabilities",
                        Map.of()));
        return all;
    }

    JsonNode answer(int id) {
        return Json.read(rawAnswer(id));
    }

    /** The line as it was written. */
    String rawAnswer(int id) {
        return line(message -> !message.has("method") && message.path("id").asInt(-1) == id);
    }

    JsonNode notification(String method) {
        return Json.read(line(message -> message.path("method").asString("").equals(method)));
    }

    private String line(Predicate<JsonNode> wanted) {
        return child.awaitLine(line -> wanted.test(Json.read(line)), LIMIT);
    }

    /** Everything it has written, which are messages and nothing else. */
    List<JsonNode> messages() {
        return child.output().stream().map(Json::read).toList();
    }

    /** The client ends; the exit code of its server. */
    int closeInput() {
        try {
            child.process().getOutputStream().close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return child.awaitExit(LIMIT);
    }

    @Override
    public void close() {
        child.close();
    }
}
