// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoMcpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The link that an interactive client is given, as a person, a preview and a stranger open it at the daemon. */
class LoginLinkTest {
    private static final Pattern LINK = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/login/[A-Za-z0-9_-]{22}");
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
                    + "\"arguments\":{\"text\":\"hello\"},\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                    + "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"t\",\"version\":\"1\"},"
                    + "\"io.modelcontextprotocol/clientCapabilities\":{\"elicitation\":{\"url\":{}}}}MORE}}";
    private static final String ANSWERED = ",\"requestState\":\"dev.vigil/login\",\"inputResponses\":"
            + "{\"dev.vigil/login\":{\"action\":\"accept\"}}";

    @TempDir
    Path home;

    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Cli cli;
    private String daemon;
    private String key;

    @BeforeEach
    void setUp() {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        cli = new Cli(home)
                .config("connectors:\n  notion: { url: " + mcp.url() + ", interactive: true }\nlisten: { port: 0 }\n");
        daemon = cli.daemon();
        Matcher shown = Pattern.compile("vgl_[A-Za-z0-9_-]+")
                .matcher(cli.run("connect", "codex").out());
        assertThat(shown.find()).isTrue();
        key = shown.group();
    }

    @AfterEach
    void tearDown() {
        cli.close();
        mcp.close();
        auth.close();
    }

    @Test
    void personWhoOpensTheLinkLogsInAndTheCallGoesOn() throws Exception {
        String link = link(call(""));
        assertThat(new DemoBrowser().visit(URI.create(link)).page()).contains("Logged in");
        assertThat(call(ANSWERED)).contains("hello").doesNotContain("/login/");
        assertThat(get(link).statusCode()).as("a link is for one login").isEqualTo(400);
        assertThat(get(link).body()).contains("No such login");
    }

    @Test
    void previewsTakeNothingFromThePersonWhoComesLater() throws Exception {
        String link = link(call(""));
        HttpResponse<String> preview = get(link);
        assertThat(preview.statusCode()).isEqualTo(303);
        String page = preview.headers().firstValue("Location").orElseThrow();
        assertThat(page).startsWith(auth.issuer()).doesNotContain(key, link.substring(link.lastIndexOf('/') + 1));
        assertThat(get(link).headers().firstValue("Location"))
                .as("the same login")
                .contains(page);
        assertThat(send(HttpRequest.newBuilder(URI.create(link)).method("HEAD", HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(new DemoBrowser().visit(URI.create(link)).page()).contains("Logged in");
    }

    @Test
    void linkLeavesTheLoginOfATerminalAlone() throws Exception {
        Cli.Running login = cli.start("login", "notion", "--no-browser", "--scope", "mcp");
        String page = login.await(line -> line.contains("code_challenge=")).strip();
        assertThat(get(link(call(""))).headers().firstValue("Location")).contains(page);
        assertThat(new DemoBrowser().visit(URI.create(page)).page()).contains("Logged in");
        assertThat(login.end().code()).isZero();
    }

    @Test
    void strangersAndOtherOriginsOpenNothing() throws Exception {
        String link = link(call(""));
        assertThat(get(daemon + "/login/AAAAAAAAAAAAAAAAAAAAAA").statusCode()).isEqualTo(400);
        assertThat(get(daemon + "/login/").statusCode()).isEqualTo(400);
        assertThat(send(HttpRequest.newBuilder(URI.create(link)).header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(link.replace("127.0.0.1", "localhost")).statusCode()).isEqualTo(303);
    }

    @Test
    void loginThatCannotBeBegunIsAPlainPage() throws Exception {
        String link = link(call(""));
        mcp.close();
        auth.close();
        HttpResponse<String> answer = get(link);
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("No login yet").doesNotContain("127.0.0.1");
    }

    private String call(String more) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(daemon + "/mcp/notion"))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json, text/event-stream")
                        .header("MCP-Protocol-Version", "2026-07-28")
                        .header("Mcp-Method", "tools/call")
                        .header("Mcp-Name", "echo")
                        .POST(HttpRequest.BodyPublishers.ofString(CALL.replace("MORE", more))))
                .body();
    }

    private static String link(String answer) {
        Matcher link = LINK.matcher(answer);
        assertThat(link.find()).as(answer).isTrue();
        return link.group();
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
