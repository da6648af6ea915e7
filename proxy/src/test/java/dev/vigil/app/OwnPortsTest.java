// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoClient;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports that belong to one connector, at a daemon whose config changes. */
class OwnPortsTest {
    @TempDir
    Path home;

    private DemoMcpServer mcp;
    private Cli cli;
    private int first;
    private int second;

    @BeforeEach
    void setUp() throws IOException {
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.open());
        cli = new Cli(home);
        try (ServerSocket one = taken();
                ServerSocket other = taken()) {
            first = one.getLocalPort();
            second = other.getLocalPort();
        }
    }

    @AfterEach
    void tearDown() {
        cli.close();
        mcp.close();
    }

    private static ServerSocket taken() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    private void config(String a, String b) {
        cli.config("connectors:\n  a: { url: " + mcp.url() + ", grant: none" + a + " }\n  b: { url: " + mcp.url()
                + ", grant: none" + b + " }\nlisten: { port: 0 }\n");
    }

    @Test
    void connectorAnswersOnItsOwnPortAndOnThatOfAllAndNoOtherDoesThere() throws Exception {
        config(", port: " + first, "");
        String daemon = cli.daemon();
        String shown = cli.run("connect", "codex").out();
        assertThat(shown).contains("http://127.0.0.1:" + first + "/mcp/a", daemon + "/mcp/b");
        Secret key = key(shown);
        for (String there : new String[] {own(first) + "/mcp/a", own(first) + "/mcp", daemon + "/mcp/a"}) {
            assertThat(initializes(there, key)).as(there).isTrue();
        }
        assertThat(initializes(own(first) + "/mcp/b", key)).isFalse();
        HttpResponse<String> other = get(own(first) + "/mcp/b");
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(other.body()).contains("This port belongs to a, which is at /mcp.");
        assertThat(get(own(first) + "/api/status").statusCode()).isEqualTo(404);
        assertThat(cli.run("status", "a").out()).contains("at port            " + first + ", of its own");
        assertThat(cli.run("status", "a", "--json").out()).contains("\"port\" : " + first);
    }

    @Test
    void sameGuardStandsAtTheDoorOfAnOwnPort() throws Exception {
        config(", port: " + first, "");
        cli.daemon();
        assertThat(new DemoClient(URI.create(own(first) + "/mcp"), Optional.empty())
                        .initialize()
                        .isGood())
                .as("without a local key")
                .isFalse();
        assertThat(get(own(first) + "/mcp", "Origin", "https://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(get(own(first) + "/mcp", "Origin", own(first)).statusCode()).isEqualTo(405);
    }

    @Test
    void portsFollowTheConfigAlsoWhereTwoChangePlaces() throws Exception {
        config(", port: " + first, ", port: " + second);
        cli.daemon();
        Secret key = key(cli.run("connect", "codex").out());
        assertThat(initializes(own(second) + "/mcp/b", key)).isTrue();
        config(", port: " + second, ", port: " + first);
        assertThat(cli.run("connect", "other").err()).doesNotContain("in use");
        assertThat(initializes(own(second) + "/mcp/a", key)).isTrue();
        assertThat(initializes(own(first) + "/mcp/b", key)).isTrue();
        config("", "");
        cli.run("connect", "third"); // which tells the daemon at once
        for (int port : new int[] {first, second}) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!refuses(port)) {
                assertThat(System.nanoTime())
                        .as("port %d not closed within 20 s", port)
                        .isLessThan(end);
            }
        }
    }

    @Test
    void portOfSomebodyElseIsToldWithItsHolderAndTheFix() throws IOException {
        try (ServerSocket holder = taken()) {
            int port = holder.getLocalPort();
            String told = "port " + port + " is in use by "
                    + PortHolder.of(port).orElse("another process") + ". End that, or choose another port in " + home
                    + "/vigil.yaml: connectors: { a: { port: " + (port + 1) + " } }";
            config(", port: " + port, "");
            Cli.Ended refused = cli.run("run");
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).isEqualTo("vigil: " + told + "\n");

            config("", "");
            cli.daemon();
            config(", port: " + port, "");
            assertThat(cli.run("connect", "codex").err()).contains(told);
            assertThat(cli.read("log/vigil.jsonl")).contains("port_taken");
        }
        cli.run("connect", "codex");
        assertThat(initializes(
                        own(holderFree()) + "/mcp/a",
                        key(cli.run("connect", "codex").out())))
                .isTrue();
    }

    private int holderFree() {
        Matcher port = Pattern.compile("port: (\\d+) }").matcher(cli.config());
        assertThat(port.find()).isTrue();
        return Integer.parseInt(port.group(1));
    }

    @Test
    void addGivesAPortThatIsNamedOrFreeAndSaysWhereToFindIt() {
        Cli.Ended named = cli.run("add", "a", mcp.url(), "--port", String.valueOf(first));
        assertThat(named.out()).contains("Clients find it at http://127.0.0.1:" + first + "/mcp/a\n");
        assertThat(cli.config()).contains("a: { url: " + mcp.url() + ", grant: none, port: " + first + " }");

        assertThat(cli.run("add", "b", mcp.url(), "--port", "auto").code()).isZero();
        Matcher given = Pattern.compile("b: .*port: (\\d+) }").matcher(cli.config());
        assertThat(given.find()).isTrue();
        assertThat(Integer.parseInt(given.group(1))).isGreaterThan(7470).isNotEqualTo(first);

        cli.run("add", "a", mcp.url());
        assertThat(cli.config()).as("what was given stays").contains("port: " + first);
        assertThat(cli.run("add", "a", mcp.url(), "--port", "x").err()).contains("--port: 'x' is not a port");
        assertThat(cli.run("add", "c", mcp.url(), "--port", String.valueOf(first))
                        .err())
                .contains(first + " is the port of a already. Choose another");
    }

    private static boolean initializes(String url, Secret key) {
        return new DemoClient(URI.create(url), Optional.of(key)).initialize().isGood();
    }

    private static boolean refuses(int port) throws Exception {
        try {
            get(own(port) + "/mcp");
            return false;
        } catch (ConnectException nobody) {
            return true;
        } catch (IOException halfClosed) {
            return false;
        }
    }

    private static String own(int port) {
        return "http://127.0.0.1:" + port;
    }

    private static Secret key(String shown) {
        Matcher key = Pattern.compile("vgl_[A-Za-z0-9_-]+").matcher(shown);
        assertThat(key.find()).as(shown).isTrue();
        return new Secret(key.group());
    }

    private static HttpResponse<String> get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
