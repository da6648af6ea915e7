// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP+SSE of 2024-11-05: the official Java client for it, and the published everything server that speaks nothing else. */
class OldTransportIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void clientOfTheOldTransportWorksThroughARefreshARevokedGrantAndANewLogin(@TempDir Path home) throws Exception {
        try (NodeParts parts = NodeParts.start("everything-sse", Duration.ofHours(1));
                LoggedIn vigil = LoggedIn.to(parts, home);
                OldCaller client = new OldCaller(vigil)) {
            assertThat(client.tools()).contains("echo");
            assertThat(client.echo()).contains("are you there");

            parts.gate.refuseSeen(1);
            assertThat(client.echo()).as("with another token").contains("are you there");
            assertThat(vigil.product().log("refresh")).hasSize(1);

            parts.authorizationServer.revokeEverything();
            assertThat(client.echo()).startsWith("authorization expired for real: skipped.");
            try (OldCaller late = new OldCaller(vigil)) {
                assertThat(late.tools()).as("as they were").contains("echo");
                assertThat(late.echo()).startsWith("authorization expired for real: skipped.");

                Logins.login(vigil.product(), LoggedIn.CONNECTOR);
                assertThat(client.echo()).as("on the same stream").contains("are you there");
                assertThat(late.news.poll(30, TimeUnit.SECONDS)).contains("echo");
                assertThat(late.echo())
                        .as("on a stream that Vigil has joined to the server's")
                        .contains("are you there");
            }
        }
    }

    /** Unmodified, with nothing but a URL and a header. Its transport is deprecated, like the specification's. */
    @SuppressWarnings({"deprecation", "removal"})
    private static final class OldCaller implements AutoCloseable {
        final BlockingQueue<List<String>> news = new LinkedBlockingQueue<>();
        private final McpSyncClient client;

        OldCaller(LoggedIn vigil) {
            URI uri = URI.create(vigil.endpoint());
            client = McpClient.sync(HttpClientSseClientTransport.builder(
                                    uri.resolve("/").toString())
                            .sseEndpoint(uri.getPath())
                            .requestBuilder(HttpRequest.newBuilder().header("Authorization", "Bearer " + vigil.key()))
                            .build())
                    .requestTimeout(LIMIT)
                    .initializationTimeout(LIMIT)
                    .toolsChangeConsumer(tools ->
                            news.add(tools.stream().map(tool -> tool.name()).toList()))
                    .build();
            client.initialize();
        }

        List<String> tools() {
            return client.listTools().tools().stream().map(tool -> tool.name()).toList();
        }

        String echo() {
            CallToolResult result = client.callTool(CallToolRequest.builder("echo")
                    .arguments(Map.of("message", "are you there"))
                    .build());
            return Caller.text(result);
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
