// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;

/** The official Java MCP client, unmodified, with nothing but a URL and a header. */
final class Caller implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final McpSyncClient client;

    Caller(String endpoint, String localKey) {
        this(endpoint, localKey, LIMIT);
    }

    /** @param patience how long it waits for the answer to a call */
    Caller(String endpoint, String localKey, Duration patience) {
        URI uri = URI.create(endpoint);
        client = McpClient.sync(HttpClientStreamableHttpTransport.builder(
                                uri.resolve("/").toString())
                        .endpoint(uri.getPath())
                        .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + localKey))
                        .build())
                .requestTimeout(patience)
                .initializationTimeout(LIMIT)
                .build();
    }

    /** Connects, and says who answered. */
    String initialize() {
        return client.initialize().serverInfo().name();
    }

    CallToolResult call(String tool, Map<String, Object> arguments) {
        return client.callTool(
                CallToolRequest.builder(tool).arguments(arguments).build());
    }

    /** The text of a tool's answer. */
    static String text(CallToolResult result) {
        return result.content().stream()
                .map(content -> content instanceof TextContent text ? text.text() : content.toString())
                .reduce("", String::concat);
    }

    @Override
    public void close() {
        client.close();
    }
}
