// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tiny MCP client (2025-11-25) over a real socket. Each method blocks until the whole answer has come, and throws
 * {@link UncheckedIOException} when none comes within a minute. One thread at a time.
 */
public final class DemoClient {
    private static final String VERSION = "2025-11-25";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI endpoint;
    private final Optional<Secret> key;
    private Optional<String> session = Optional.empty();
    private int lastId;

    /** @param key the bearer key that the server wants to see, such as a local key of Vigil */
    public DemoClient(URI endpoint, Optional<Secret> key) {
        this.endpoint = endpoint;
        this.key = key;
    }

    /** Begins a session; the answers that follow belong to it. */
    public Reply initialize() {
        ObjectNode params = JsonRpc.object().put("protocolVersion", VERSION);
        params.putObject("capabilities");
        params.putObject("clientInfo").put("name", "vigil-demo-client").put("version", "1");
        session = Optional.empty();
        return ask("initialize", params);
    }

    public Reply initialized() {
        return send(JsonRpc.notification("notifications/initialized", JsonRpc.object()));
    }

    public Reply listTools() {
        return ask("tools/list", JsonRpc.object());
    }

    public Reply call(String tool, ObjectNode arguments) {
        ObjectNode params = JsonRpc.object().put("name", tool);
        params.set("arguments", arguments);
        params.putObject("_meta").put("progressToken", "call-" + (lastId + 1));
        return ask("tools/call", params);
    }

    public Reply call(String tool) {
        return call(tool, JsonRpc.object());
    }

    private Reply ask(String method, JsonNode params) {
        lastId++;
        return send(JsonRpc.request(IntNode.valueOf(lastId), method, params));
    }

    private Reply send(ObjectNode message) {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .header("User-Agent", "vigil-demo-client/1")
                .POST(HttpRequest.BodyPublishers.ofString(message.toString()));
        key.ifPresent(shown -> request.header("Authorization", "Bearer " + shown.reveal()));
        session.ifPresent(id -> request.header(LegacyEra.SESSION, id).header("MCP-Protocol-Version", VERSION));
        long begun = System.nanoTime();
        HttpResponse<String> response = exchange(request.build());
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        response.headers().firstValue(LegacyEra.SESSION).ifPresent(id -> session = Optional.of(id));
        return reply(message.path("id"), response, took);
    }

    private HttpResponse<String> exchange(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("no answer from " + endpoint + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while waiting for " + endpoint, e));
        }
    }

    private static Reply reply(JsonNode id, HttpResponse<String> response, Duration took) {
        boolean events =
                response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        JsonNode answer = MissingNode.getInstance();
        List<JsonNode> others = new ArrayList<>();
        for (String text : events ? data(response.body()) : List.of(response.body())) {
            JsonNode message = parsed(text);
            if (message.has("method")) {
                others.add(message);
            } else if (message.path("id").equals(id) || message.has("error")) {
                answer = message;
            }
        }
        return new Reply(response.statusCode(), answer, others, took);
    }

    /** The data of each event, as the HTML standard has it: lines joined, comments and other fields left out. */
    private static List<String> data(String stream) {
        List<String> all = new ArrayList<>();
        StringBuilder data = new StringBuilder();
        for (String line : stream.lines().toList()) {
            if (line.startsWith("data:")) {
                data.append(line.substring(5)).append('\n');
            } else if (line.isEmpty() && !data.isEmpty()) {
                all.add(data.toString());
                data.setLength(0);
            }
        }
        return all;
    }

    private static JsonNode parsed(String text) {
        try {
            return JsonRpc.MAPPER.readTree(text);
        } catch (JacksonException e) {
            return MissingNode.getInstance(); // no JSON, no answer: the status tells the rest
        }
    }

    /**
     * What came back.
     *
     * @param answer the JSON-RPC answer; missing when the body held none
     * @param notifications that came before it
     * @param took from the first byte sent to the last byte received
     */
    public record Reply(int status, JsonNode answer, List<JsonNode> notifications, Duration took) {
        public Reply {
            notifications = List.copyOf(notifications);
        }

        /** A result that is not an error. */
        public boolean isGood() {
            return status == 200 && answer.has("result") && !isError();
        }

        /** A tool's result that says it failed. */
        public boolean isError() {
            return answer.path("result").path("isError").asBoolean(false);
        }

        /** The first text of a tool's result, or the message of a JSON-RPC error, or nothing. */
        public String text() {
            JsonNode content = answer.path("result").path("content").path(0).path("text");
            return content.asString(answer.path("error").path("message").asString(""));
        }

        /** Something in the result's {@code _meta}; missing when it is not there. */
        public JsonNode meta(String key) {
            return answer.path("result").path("_meta").path(key);
        }
    }
}
