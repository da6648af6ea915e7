// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddCommandTest {
    @TempDir
    Path home;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(home);
    }

    @Test
    void aServerThatWantsALoginIsAddedAndTheLoginComesNext() {
        try (DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
                DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth))) {
            Cli.Ended ended = cli.run("add", "notion", mcp.url(), "--scope", "read,write");
            assertThat(ended)
                    .isEqualTo(new Cli.Ended(
                            0,
                            "It wants a login at " + auth.issuer() + ".\n" + "notion: added in " + home
                                    + "/vigil.yaml.\n" + "Next: vigil login notion\n",
                            "Asking " + mcp.url() + " how it wants to be authorized ...\n"));
            assertThat(cli.config())
                    .endsWith("connectors:\n  notion: { url: " + mcp.url() + ", scopes: [read, write] }\n");
            assertThat(cli.run("status").out()).contains("notion  not logged in. Run: vigil login notion");
        }
    }

    @Test
    void aServerThatWantsNothingIsAddedSo() {
        try (DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.open())) {
            Cli.Ended ended = cli.run("add", "open", mcp.url());
            assertThat(ended.out())
                    .startsWith("It is open to everybody")
                    .endsWith("Next: vigil connect claude-code open\n");
            assertThat(cli.config()).endsWith("  open: { url: " + mcp.url() + ", grant: none }\n");
            assertThat(cli.run("status").out()).contains("open  no login needed\n");
        }
    }

    @Test
    void aServerThatSeemsToWantAKeyIsNotAddedAndTheOptionIsNamed() throws IOException {
        HttpServer server = answering(401, "application/json", "{}");
        String url = url(server);
        Cli.Ended ended = cli.run("add", "c7", url);
        server.stop(0);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("seems to want a key").contains("vigil add c7 " + url + " --header HEADER");
        assertThat(home.resolve("vigil.yaml")).doesNotExist();
    }

    @Test
    void whatIsNoMcpServerIsNotAdded() throws IOException {
        HttpServer server = answering(200, "text/html", "<html>");
        Cli.Ended ended = cli.run("add", "x", url(server));
        server.stop(0);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("is no MCP endpoint: it answered with status 200, text/html");
        assertThat(home.resolve("vigil.yaml")).doesNotExist();
    }

    @Test
    void whatCannotBeReachedIsNotAddedUnlessOneInsists() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String url = "http://127.0.0.1:" + port + "/mcp";
        Cli.Ended ended = cli.run("add", "x", url);
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.err()).contains("cannot be reached").endsWith("vigil add x " + url + " --grant oauth\n");
        assertThat(home.resolve("vigil.yaml")).doesNotExist();

        assertThat(cli.run("add", "x", url, "--grant", "oauth").code()).isZero();
        assertThat(cli.config()).endsWith("  x: { url: " + url + " }\n");
    }

    @Test
    void aKeyIsReadFromStandardInputSealedAndNeverShown() throws IOException {
        String key = "sk-live-4711";
        Cli.Ended ended = cli.runTyping(key + "\n", "add", "c7", "http://127.0.0.1:9/mcp", "--header", "X-Key");
        assertThat(ended)
                .isEqualTo(new Cli.Ended(
                        0, "c7: added in " + home + "/vigil.yaml.\nNext: vigil connect claude-code c7\n", ""));
        assertThat(cli.config()).endsWith("  c7: { url: http://127.0.0.1:9/mcp, grant: header, header: X-Key }\n");
        assertThat(cli.run("status").out()).contains("c7  has a key\n");
        try (Stream<Path> files = Files.walk(home)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(new String(Files.readAllBytes(file), UTF_8))
                            .doesNotContain(key));
        }

        assertThat(cli.run("logout", "c7").out())
                .isEqualTo("c7: the key is forgotten here. Where it was made, it is still good.\n");
        assertThat(cli.run("status").out())
                .contains("c7  no key. Run: vigil add c7 http://127.0.0.1:9/mcp --header X-Key\n");
    }

    @Test
    void logoutOfWhatIsNeitherAConnectorNorAGrantIsAMistake() {
        cli.config("connectors:\n  notion: { url: https://mcp.example.com/mcp }\n");
        Cli.Ended ended = cli.run("logout", "notino");
        assertThat(ended.err()).contains("there is no connector 'notino'", "notion");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(cli.run("logout", "notion").code()).isZero();
    }

    @Test
    void addingAgainChangesInPlace() {
        cli.config("connectors:\n  # mine\n  x: { url: http://127.0.0.1:9/old } # old\n");
        Cli.Ended ended = cli.run("add", "x", "http://127.0.0.1:9/new", "--grant", "none");
        assertThat(ended.out()).startsWith("x: changed in ");
        assertThat(cli.config())
                .isEqualTo("connectors:\n  # mine\n  x: { url: http://127.0.0.1:9/new, grant: none } # old\n");
    }

    @Test
    void removingTakesConnectorAndKey() {
        cli.runTyping("k\n", "add", "c7", "http://127.0.0.1:9/mcp", "--header", "X-Key");
        assertThat(cli.run("remove", "c7").out())
                .isEqualTo("c7: removed from " + home + "/vigil.yaml.\n"
                        + "c7: the key is forgotten here. Where it was made, it is still good.\n");
        assertThat(home.resolve("grants")).isEmptyDirectory();
    }

    private static HttpServer answering(int status, String type, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/mcp";
    }
}
