// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoClient;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DaemonTest {
    private static final Pattern KEY = Pattern.compile("vgl_[A-Za-z0-9_-]+");

    @TempDir
    Path home;

    private DemoMcpServer mcp;
    private Cli cli;

    @BeforeEach
    void setUp() {
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.open());
        cli = new Cli(home)
                .config("connectors:\n  open: { url: " + mcp.url() + ", grant: none }\nlisten: { port: 0 }\n");
    }

    @AfterEach
    void tearDown() {
        cli.close();
        mcp.close();
    }

    @Test
    void connectedClientIsServedUntilItsKeyIsRevoked() {
        String daemon = cli.daemon();
        Cli.Ended connected = cli.run("connect", "claude-code");
        assertThat(connected.out())
                .matches("claude mcp add --transport http open " + daemon
                        + "/mcp/open --header \"Authorization: Bearer vgl_[A-Za-z0-9_-]+\"\n");
        assertThat(connected.err())
                .isEqualTo("The key is shown this once. To end it: vigil connect claude-code --revoke\n");
        DemoClient client = client(daemon, connected.out());
        assertThat(client.initialize().isGood()).isTrue();

        Cli.Ended other = cli.run("connect", "codex");
        assertThat(other.out()).matches("open\n  " + daemon + "/mcp/open\n  Authorization: Bearer vgl_\\S+\n");

        assertThat(cli.run("connect", "claude-code", "--revoke").out()).isEqualTo("claude-code: its key has ended.\n");
        assertThat(client.listTools().isGood()).isFalse();
        assertThat(client(daemon, other.out()).initialize().isGood()).isTrue();
        assertThat(cli.run("status").out()).contains("Turned away for want of a local key: 1 time, last at ");
    }

    @Test
    void beforeTheDaemonRunsTheConfiguredAddressIsShownAndSaidOnce() {
        cli.config("connectors:\n  a: { url: http://a }\n  b: { url: http://b }\n");
        Cli.Ended connected = cli.run("connect", "claude-code");
        assertThat(connected.out().lines())
                .hasSize(2)
                .allMatch(
                        line -> line.matches("claude mcp add --transport http [ab] http://127.0.0.1:7470/mcp/[ab] .*"));
        assertThat(connected.err()).isEqualTo("""
                        No daemon is running. To start it: vigil run --background
                        The key is shown this once. To end it: vigil connect claude-code --revoke
                        """);
    }

    @Test
    void withoutLocalKeysTheClientNeedsNone() throws IOException {
        cli.config(cli.config().replace("port: 0", "port: 0, localKey: off"));
        Cli.Running run = cli.start("run");
        String daemon = run.await(line -> line.startsWith("listening on ")).substring("listening on ".length());
        assertThat(cli.run("connect", "claude-code").out())
                .isEqualTo("claude mcp add --transport http open " + daemon + "/mcp/open\n");
        assertThat(new DemoClient(URI.create(daemon + "/mcp/open"), Optional.empty())
                        .initialize()
                        .isGood())
                .isTrue();
        cli.run("stop");
        assertThat(run.end().err()).contains("localKey is off, so every program on this machine may use your logins.");
    }

    @Test
    void whoHasNoOwnerKeyLearnsAndDoesNothing() throws Exception {
        String daemon = cli.daemon();
        assertThat(get(daemon + "/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
        for (String path : new String[] {"/api/status", "/api/logins/x", "/api/nothing"}) {
            HttpResponse<String> answer = get(daemon + path);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body())
                    .isEqualTo("{\"error\":\"owner_key\",\"message\":\"This needs the owner key, which the"
                            + " vigil command has.\"}");
        }
        assertThat(post(daemon + "/api/stop", "vgo_wrong").statusCode()).isEqualTo(403);
        assertThat(get(daemon + "/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> callback = get(daemon + "/oauth/callback?state=x&code=%3Cscript%3E");
        assertThat(callback.statusCode()).isEqualTo(400);
        assertThat(callback.body()).contains("No such login").doesNotContain("script");
    }

    @Test
    void theStatusIsTheSameWithAndWithoutADaemon() {
        JsonNode without = json(cli.run("status", "--json").out());
        assertThat(without.path("daemon").isNull()).isTrue();
        String url = cli.daemon();
        JsonNode with = json(cli.run("status", "--json").out());
        assertThat(with.path("daemon").path("url").asString()).isEqualTo(url);
        assertThat(with.path("connectors")).isEqualTo(without.path("connectors"));
        assertThat(cli.run("status").out()).startsWith("The daemon listens on " + url + " (process ");
    }

    @Test
    void aSecondDaemonIsRefused() {
        String url = cli.daemon();
        for (String[] arguments : new String[][] {{"run"}, {"run", "--background"}}) {
            Cli.Ended second = cli.run(arguments);
            assertThat(second.code()).isEqualTo(2);
            assertThat(second.err())
                    .isEqualTo("vigil: the daemon is running already, on " + url + " (process "
                            + ProcessHandle.current().pid() + "). To end it: vigil stop\n");
        }
    }

    @Test
    void aPortInUseIsToldWithItsHolder() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            cli.config("connectors:\n  n: { url: https://n.invalid/mcp }\nlisten: { port: " + port + " }\n");
            String message = "port " + port + " is in use by "
                    + PortHolder.of(port).orElse("another process") + ". End that, or choose another port in " + home
                    + "/vigil.yaml: listen: { port: " + (port + 1) + " }";
            for (String[] arguments : new String[][] {{"run"}, {"login", "n", "--no-browser"}}) {
                Cli.Ended ended = cli.run(arguments);
                assertThat(ended.err()).isEqualTo("vigil: " + message + "\n");
                assertThat(ended.code()).isEqualTo(2);
            }
        }
        assertThat(home.resolve("vigil.pid")).doesNotExist();
    }

    @Test
    void aChangedConfigIsTakenAndABrokenOneIsNot() {
        String daemon = cli.daemon();
        String key = cli.run("connect", "cli").out();
        cli.config(cli.config().replace("open:", "other:"));
        cli.run("connect", "second"); // which tells the daemon at once
        assertThat(client(daemon, "other", key).initialize().isGood()).isTrue();

        cli.config("conectors: {}\n");
        JsonNode log = logged("config_refused");
        assertThat(log.path("detail").asString())
                .isEqualTo("the settings in force stay. " + home
                        + "/vigil.yaml:1:1: conectors: unknown key. Did you mean 'connectors'? Known here: connectors,"
                        + " keys, listen, sync, tls");
        assertThat(client(daemon, "other", key).initialize().isGood()).isTrue();
    }

    @Test
    void aDaemonIsSeenAndStoppedWhateverStandsInTheConfig() {
        String url = cli.daemon();
        String good = cli.config();
        cli.config(good + "conectors: {}\n");
        Cli.Ended status = cli.run("status");
        assertThat(status.out()).startsWith("The daemon listens on " + url).contains("open  no login needed");
        assertThat(status.err()).contains("conectors", "The daemon goes on with the config as it was before.");
        assertThat(status.code()).isEqualTo(2);
        assertThat(cli.run("stop").out()).startsWith("Stopped (process ");
        assertThat(cli.run("status").code()).isEqualTo(2);
    }

    @Test
    void stoppingEndsTheCommandAndLeavesNoTrace() {
        Cli.Running run = cli.start("run");
        run.await(line -> line.startsWith("listening on "));
        assertThat(cli.run("stop").out())
                .isEqualTo("Stopped (process " + ProcessHandle.current().pid() + ").\n");
        assertThat(run.end().code()).isZero();
        assertThat(home.resolve("vigil.pid")).doesNotExist();
        assertThat(run.end().out().lines())
                .anySatisfy(line -> assertThat(line).contains("\"state\":\"started\""))
                .anySatisfy(line -> assertThat(line).contains("\"state\":\"stopped\""));
        assertThat(cli.run("stop").out()).isEqualTo("No daemon is running.\n");
    }

    @Test
    void aCallUnderWayMayFinishBeforeTheDaemonEnds() {
        String daemon = cli.daemon();
        DemoClient client = client(daemon, cli.run("connect", "cli").out());
        assertThat(client.initialize().isGood()).isTrue();
        await(() -> cli.read("log/vigil.jsonl").contains("\"event\":\"snapshot\"")); // that is a call of our own
        ObjectNode slowly = new JsonMapper().createObjectNode().put("to", 8).put("pauseMillis", 250);
        CompletableFuture<DemoClient.Reply> call =
                CompletableFuture.supplyAsync(() -> client.call("count_slowly", slowly));
        await(() -> mcp.counts().openAnswers() > 0);

        CompletableFuture<Cli.Ended> stopped = CompletableFuture.supplyAsync(() -> cli.run("stop"));

        assertThat(call.join().isGood()).isTrue();
        assertThat(stopped.join().out()).startsWith("Stopped ");
    }

    @Test
    void theFileOfADeadDaemonFoolsNobody() throws IOException {
        cli.run("status");
        Files.writeString(
                home.resolve("vigil.pid"), "{\"v\":1,\"pid\":1,\"port\":1,\"started\":\"2026-11-20T14:02:03Z\"}");
        assertThat(cli.run("status").out()).startsWith("No daemon is running.");
        assertThat(cli.run("stop").out()).isEqualTo("No daemon is running.\n");
        assertThat(cli.daemon()).startsWith("http://127.0.0.1:");
    }

    private JsonNode logged(String state) {
        List<JsonNode> found = new ArrayList<>();
        await(() -> {
            cli.read("log/vigil.jsonl").lines().map(DaemonTest::json).forEach(found::add);
            found.removeIf(line -> !line.path("state").asString("").equals(state));
            return !found.isEmpty();
        });
        return found.get(0);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not within 20 s").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static DemoClient client(String daemon, String shown) {
        return client(daemon, "open", shown);
    }

    private static DemoClient client(String daemon, String connector, String shown) {
        Matcher key = KEY.matcher(shown);
        assertThat(key.find()).isTrue();
        return new DemoClient(URI.create(daemon + "/mcp/" + connector), Optional.of(new Secret(key.group())));
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String url, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + key)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String text) {
        return new JsonMapper().readTree(text);
    }
}
