// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** The official Java client, in this JVM. Notifications come on its own threads. */
final class JavaProgram implements ClientProgram {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Map<String, Connection> connections = new HashMap<>();

    private record Connection(McpSyncClient client, AtomicInteger changes, AtomicInteger progress) {}

    static String version() {
        return McpClient.class.getPackage().getImplementationVersion();
    }

    @Override
    public JsonNode ask(String command, Map<String, ?> rest) {
        Map<String, Object> shown = new HashMap<>();
        try {
            switch (command) {
                case "connect" -> shown.putAll(open(text(rest, "as"), text(rest, "url"), text(rest, "key")));
                case "list" ->
                    shown.put(
                            "tools",
                            of(rest).client().listTools().tools().stream()
                                    .map(Tool::name)
                                    .toList());
                case "call" -> shown.putAll(answer(of(rest), rest));
                case "heard" -> shown.put("heard", of(rest).changes().get());
                default -> throw new IllegalArgumentException(command);
            }
        } catch (RuntimeException e) {
            shown.put("error", words(e));
        }
        return Json.MAPPER.valueToTree(shown);
    }

    private static String words(RuntimeException e) {
        Throwable cause = e.getCause();
        return e.getMessage() + (cause == null || cause.getMessage() == null ? "" : " (" + cause.getMessage() + ")");
    }

    private Map<String, Object> open(String as, String url, String key) {
        AtomicInteger changes = new AtomicInteger();
        AtomicInteger progress = new AtomicInteger();
        URI uri = URI.create(url);
        McpSyncClient client = McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                uri.resolve("/").toString())
                        .endpoint(uri.getPath())
                        .openConnectionOnStartup(true)
                        .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + key))
                        .build())
                .requestTimeout(LIMIT)
                .initializationTimeout(LIMIT)
                .toolsChangeConsumer(tools -> changes.incrementAndGet())
                .progressConsumer(step -> progress.incrementAndGet())
                .build();
        connections.put(as, new Connection(client, changes, progress));
        InitializeResult begun = client.initialize();
        return Map.of(
                "era", begun.protocolVersion(), "instructions", Objects.requireNonNullElse(begun.instructions(), ""));
    }

    private static Map<String, Object> answer(Connection connection, Map<String, ?> rest) {
        connection.progress().set(0);
        CallToolResult result = connection
                .client()
                .callTool(CallToolRequest.builder(text(rest, "tool"))
                        .arguments(arguments(rest))
                        .progressToken("p")
                        .build());
        Map<String, Object> shown = new HashMap<>();
        shown.put("text", Caller.text(result));
        shown.put("isError", Boolean.TRUE.equals(result.isError()));
        shown.put("progress", connection.progress().get());
        if (result.meta() != null && result.meta().containsKey("dev.vigil/skip")) {
            shown.put("skip", result.meta().get("dev.vigil/skip"));
        }
        return shown;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> arguments(Map<String, ?> rest) {
        return (Map<String, Object>) Objects.requireNonNull(rest.get("arguments"));
    }

    private Connection of(Map<String, ?> rest) {
        return Objects.requireNonNull(connections.get(text(rest, "as")), "not connected");
    }

    private static String text(Map<String, ?> rest, String name) {
        return Objects.requireNonNull(rest.get(name), name).toString();
    }

    @Override
    public void close() {
        connections.values().forEach(connection -> connection.client().close());
    }
}
