// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code vigil stdio} as a client starts it: through the daemon and by itself, in both eras, and how it ends. */
class StdioIT {
    private static final String NAME = LoggedIn.CONNECTOR;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private final Queue<DemoMcpServer.SeenRequest> seen = new ConcurrentLinkedQueue<>();
    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Product product;

    @BeforeEach
    void start() {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard().withAccessLifetime(Duration.ofHours(1)));
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth).withListener(seen::add));
        product = new Product(home)
                .config("connectors:\n  " + NAME + ": { url: " + mcp.url() + " }\n" + "listen: { port: "
                        + FreePort.find() + " }\n");
    }

    @AfterEach
    void stop() {
        mcp.close();
        auth.close();
    }

    @Test
    void bothErasPassThroughTheDaemonAndTheSkipIsTheOneOverHttp() {
        try (Product.Daemon daemon = product.daemon();
                StdioClient client = loggedIn()) {
            assertThat(client.connect("2025-11-25")
                            .path("result")
                            .path("protocolVersion")
                            .asString())
                    .isEqualTo("2025-11-25");
            assertCallsWork(client);
            client.child().type("this is no JSON");
            assertUnaskedMessagesCome(client);
            assertNewEraPasses(client);

            auth.revokeEverything();
            client.ask(7, "tools/call", Map.of("name", "whoami", "arguments", Map.of()));
            String key = product.connect("test");
            HttpResponse<String> overHttp = Web.send(Mcp.calling(daemon.endpoint(NAME), key, "whoami"));
            assertThat(Mcp.skip(overHttp).path("kind").asString()).isEqualTo("authorization_expired");
            assertThat(client.rawAnswer(7)).isEqualTo(overHttp.body());

            assertThat(client.messages())
                    .anySatisfy(message -> assertThat(
                                    message.path("error").path("code").asInt())
                            .isEqualTo(-32700));
            assertThat(client.closeInput()).isZero();
        }
    }

    private static void assertCallsWork(StdioClient client) {
        assertThat(client.ask(2, "tools/list", Map.of()).toString()).contains("count_slowly");
        assertThat(echo(client, 3)).isEqualTo("from 3");
        Map<String, Object> counting = Map.of("to", 3, "pauseMillis", 20);
        client.ask(
                4,
                "tools/call",
                Map.of("name", "count_slowly", "arguments", counting, "_meta", Map.of("progressToken", "p")));
        assertThat(client.messages())
                .filteredOn(message -> message.path("params")
                        .path("progressToken")
                        .asString("")
                        .equals("p"))
                .hasSize(3);
    }

    /** By the GET stream, which is open once the server has seen it. */
    private void assertUnaskedMessagesCome(StdioClient client) {
        Await.until(
                LIMIT,
                () -> seen.stream()
                        .anyMatch(request -> request.httpMethod().equals("GET")
                                && request.path().equals(DemoMcpServer.PATH)),
                () -> "no stream is opened");
        mcp.toolsChanged();
        client.notification("notifications/tools/list_changed");
    }

    private void assertNewEraPasses(StdioClient client) {
        assertThat(client.askModern(20, "server/discover", Map.of())
                        .path("result")
                        .path("supportedVersions")
                        .toString())
                .contains("2026-07-28");
        JsonNode call = client.askModern(21, "tools/call", Map.of("name", "echo", "arguments", Map.of("text", "new")));
        assertThat(call.path("result").path("content").path(0).path("text").asString())
                .isEqualTo("new");
        int before = mcp.counts().leftByPeer();
        client.send(
                22,
                "subscriptions/listen",
                StdioClient.modern(Map.of("notifications", Map.of("toolsListChanged", true))));
        client.notification("notifications/subscriptions/acknowledged");
        client.tell("notifications/cancelled", Map.of("requestId", 22));
        Await.until(LIMIT, () -> mcp.counts().leftByPeer() > before, () -> "the cancelled stream goes on");
    }

    @Test
    void withoutADaemonItServesByItselfAndLeavesNothingBehind() {
        try (StdioClient client = loggedIn()) {
            client.connect("2025-06-18");
            assertThat(echo(client, 2)).isEqualTo("from 2");
            assertThat(client.askModern(3, "tools/call", Map.of("name", "echo", "arguments", Map.of("text", "new")))
                            .path("result")
                            .path("resultType")
                            .asString("complete"))
                    .isEqualTo("complete");
            auth.revokeEverything();
            assertThat(client.ask(4, "tools/call", Map.of("name", "echo", "arguments", Map.of()))
                            .path("result")
                            .path("_meta")
                            .path("dev.vigil/skip")
                            .path("action")
                            .asString())
                    .isEqualTo("vigil login " + NAME);
            assertThat(client.closeInput()).isZero();
            assertThat(client.child().errors())
                    .anySatisfy(
                            line -> assertThat(line).contains("no daemon of").contains("vigil run --background"));
        }
        assertThat(home.resolve("vigil.pid")).doesNotExist();
        assertThat(home.resolve("local-keys")).doesNotExist();
    }

    @Test
    void killedDaemonCostsTheCallThatWaitsAndTheNextDaemonServes() {
        Product.Daemon first = product.daemon();
        try (StdioClient client = loggedIn()) {
            client.connect("2025-11-25");
            client.send(2, "tools/call", Map.of("name", "count_slowly", "arguments", Map.of("pauseMillis", 60_000)));
            Await.until(LIMIT, () -> mcp.counts().openAnswers() > 0, () -> "the call has not arrived");
            first.child().process().destroyForcibly();

            JsonNode lost = client.answer(2).path("error");
            assertThat(lost.path("code").asInt()).isEqualTo(1502);
            assertThat(lost.path("data").path("kind").asString()).isEqualTo("answer_lost");
            assertThat(lost.path("data").path("sent").asString()).isEqualTo("unknown");
            first.child().awaitExit(LIMIT);
            JsonNode unsent = client.ask(3, "ping", Map.of()).path("error").path("data");
            assertThat(unsent.path("kind").asString()).isEqualTo("upstream_unreachable");
            assertThat(unsent.path("sent").asBoolean(true)).isFalse();

            try (Product.Daemon second = product.daemon()) {
                assertThat(second.url()).isEqualTo(first.url());
                assertThat(echo(client, 4)).isEqualTo("from 4");
                assertThat(client.closeInput()).isZero();
            }
            assertThat(seen)
                    .extracting(DemoMcpServer.SeenRequest::httpMethod)
                    .as("the session is ended")
                    .contains("DELETE");
        } finally {
            first.close();
        }
    }

    /** Its input is a pipe that another process, which lives on, holds open. */
    @Test
    void endsWhenItsParentIsKilledThoughItsInputStaysOpen() {
        String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
        product.launchedBy(List.of(
                "sh", "-c", "(echo '" + ping + "'; exec sleep 200) | \"$@\" & echo \"PID $!\" >&2; wait", "sh"));
        List<ProcessHandle> all = List.of();
        try (StdioClient client = StdioClient.start(product, NAME)) {
            client.answer(1);
            all = client.child().process().descendants().toList();
            ProcessHandle bridge = ProcessHandle.of(pid(client)).orElseThrow();
            assertThat(all).hasSize(2).contains(bridge);
            client.child().process().destroyForcibly();
            Await.until(LIMIT, () -> !bridge.isAlive(), () -> "it outlives its parent");
            assertThat(all)
                    .filteredOn(ProcessHandle::isAlive)
                    .as("its input stays open")
                    .hasSize(1);
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static long pid(StdioClient client) {
        return client.child().errors().stream()
                .filter(line -> line.startsWith("PID "))
                .mapToLong(line -> Long.parseLong(line.substring(4)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(client.child().story()));
    }

    @Test
    void officialClientTalksToThePublishedServer(@TempDir Path folder) {
        try (NodeParts parts = NodeParts.start(Duration.ofHours(1));
                LoggedIn vigil = LoggedIn.to(parts, folder);
                McpSyncClient client = official(vigil.product().home())) {
            client.initialize();
            assertThat(client.listTools().tools())
                    .anySatisfy(tool -> assertThat(tool.name()).isEqualTo("echo"));
            assertThat(Caller.text(client.callTool(CallToolRequest.builder("echo")
                            .arguments(Map.of("message", "by lines"))
                            .build())))
                    .contains("by lines");
            assertThat(vigil.product().log("exchange"))
                    .extracting(line -> line.path("client").asString(""))
                    .contains("vigil stdio");
        }
    }

    private static McpSyncClient official(Path home) {
        ServerParameters server = ServerParameters.builder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .args("-Xmx256m", "-XX:+UseSerialGC", "-jar", Checkout.JAR.toString(), "stdio", NAME)
                .env(Map.of("HOME", home.toString(), "VIGIL_HOME", home.toString()))
                .build();
        return McpClient.sync(new StdioClientTransport(server, McpJsonDefaults.getMapper()))
                .requestTimeout(LIMIT)
                .initializationTimeout(LIMIT)
                .build();
    }

    private static String echo(StdioClient client, int id) {
        return client.ask(id, "tools/call", Map.of("name", "echo", "arguments", Map.of("text", "from " + id)))
                .path("result")
                .path("content")
                .path(0)
                .path("text")
                .asString();
    }

    private StdioClient loggedIn() {
        Logins.login(product, NAME);
        return StdioClient.start(product, NAME);
    }
}
