// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in, over real sockets. Nothing that is turned away touches the upstream. */
class FrontDoorTest {
    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;

    FrontDoorTest() throws IOException {
        upstream = new ScriptedUpstream(
                (request, out) -> ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
        proxy = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1));
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void clientWithoutALocalKeyIsToldWhatToRunInA200() throws Exception {
        for (String key : new String[] {"", "Bearer wrong", "Basic abc"}) {
            HttpRequest.Builder request = HttpRequest.newBuilder(proxy.url())
                    .header("User-Agent", "claude-code/2.1.329 (sdk-cli)")
                    .POST(HttpRequest.BodyPublishers.ofString(RunningProxy.call(3, "search")));
            if (!key.isEmpty()) {
                request.header("Authorization", key);
            }
            HttpResponse<String> answer = proxy.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":{\"code\":1403,\"message\":"
                            + "\"This client is not connected to Vigil. Run: vigil connect claude-code\"}}");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
            assertThat(proxy.turnedAway.take())
                    .startsWith("local_key: claude-code")
                    .doesNotContain("wrong");
        }
        assertThat(upstream.seen).isEmpty();
    }

    @Test
    void streamAndGoodbyeWithoutAKeyAre405() throws Exception {
        for (String method : new String[] {"GET", "DELETE"}) {
            HttpRequest request = HttpRequest.newBuilder(proxy.url())
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = proxy.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.body()).contains("vigil connect");
        }
    }

    @Test
    void keyMayStandInThePathForClientsThatDropHeaders() throws Exception {
        String answer = raw("POST /k/" + RunningProxy.KEY + "/mcp/notion HTTP/1.1\r\nHost: " + host()
                + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(upstream.seen.get(0).target()).isEqualTo("/mcp");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:PORT,    , 200",
        "localhost:PORT,    , 200",
        "LOCALHOST:PORT,    , 200",
        "[::1]:PORT,        , 200",
        "127.0.0.1:PORT, http://127.0.0.1:PORT, 200",
        "127.0.0.1:PORT, http://localhost:PORT, 200",
        "evil.example:PORT, , 403",
        "127.0.0.1,         , 403",
        "127.0.0.1:1,       , 403",
        "127.0.0.1.evil.example:PORT, , 403",
        "127.0.0.1:PORT, https://evil.example, 403",
        "127.0.0.1:PORT, null, 403",
        "127.0.0.1:PORT, http://127.0.0.1:1, 403",
    })
    void onlyKnownHostsAndOriginsComeIn(String host, String origin, int status) throws Exception {
        String port = String.valueOf(proxy.server.port());
        String answer = raw("POST /mcp/notion HTTP/1.1\r\nHost: " + host.replace("PORT", port) + "\r\n"
                + (origin == null ? "" : "Origin: " + origin.replace("PORT", port) + "\r\n")
                + "Authorization: Bearer " + RunningProxy.KEY + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        assertThat(answer).startsWith("HTTP/1.1 " + status);
        assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow");
        assertThat(upstream.seen).hasSize(status == 200 ? 1 : 0);
    }

    @Test
    void oauthRedirectMayComeFromALoginPageElsewhere() throws Exception {
        String answer = raw("GET /oauth/callback?code=1 HTTP/1.1\r\nHost: " + host()
                + "\r\nOrigin: https://auth.example\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("/oauth/callback");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.well-known/oauth-protected-resource/mcp/notion",
                "/.well-known/oauth-authorization-server",
                "/.well-known/openid-configuration",
                "/register",
                "/mcp",
                "/nowhere"
            })
    void whatClientsProbeForOAuthIsNotHere(String path) throws Exception {
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 404")
                .contains("application/json")
                .contains("\"error\":\"not_found\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NONSENSE\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nContent-Length: +2\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nContent-Length: 2\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nX-A: a\u0001b\r\nContent-Length: 2\r\n\r\n{}",
                "POST /mcp/notion HTTP/1.1\r\nHost: HOST\r\nX A: b\r\nContent-Length: 2\r\n\r\n{}",
                "POST http://evil.example/mcp/notion HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\n{}",
            })
    void whatTwoPartiesCouldReadDifferentlyIsRefusedAndTheConnectionClosed(String request) throws Exception {
        assertThat(raw(request.replace("HOST", host())))
                .startsWith("HTTP/1.1 400")
                .contains("\"error\":\"malformed\"");
        assertThat(upstream.seen).isEmpty();
    }

    @Test
    void headerBlockOf100KibIsRefused() throws Exception {
        String answer = raw("POST /mcp/notion HTTP/1.1\r\nHost: " + host() + "\r\nX-Long: " + "a".repeat(100 * 1024)
                + "\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(answer).startsWith("HTTP/1.1 431").contains("64 KiB");
    }

    @Test
    void bodyThatIsNotJsonIsPassedOnAndLeftToTheUpstream() throws Exception {
        assertThat(proxy.post("this is not json").statusCode()).isEqualTo(200);
        assertThat(upstream.seen.get(0).body()).isEqualTo("this is not json");
    }

    @Test
    void unknownConnectorIsNamedToThoseWithAKeyOnly() throws Exception {
        String call = RunningProxy.call(1, "search");
        String head =
                " HTTP/1.1\r\nHost: " + host() + "\r\nContent-Length: " + call.length() + "\r\nConnection: close\r\n";
        assertThat(raw("POST /mcp/other" + head + "Authorization: Bearer " + RunningProxy.KEY + "\r\n\r\n" + call))
                .startsWith("HTTP/1.1 404")
                .contains("vigil add other URL");
        assertThat(raw("POST /mcp/other" + head + "\r\n" + call))
                .startsWith("HTTP/1.1 200")
                .contains("not connected");
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        StringBuilder three = new StringBuilder();
        for (int i = 1; i <= 3; i++) {
            three.append("POST /mcp/notion HTTP/1.1\r\nHost: ")
                    .append(host())
                    .append("\r\nAuthorization: Bearer ")
                    .append(RunningProxy.KEY)
                    .append(i == 3 ? "\r\nConnection: close" : "")
                    .append("\r\nX-Number: ")
                    .append(i)
                    .append("\r\nContent-Length: 2\r\n\r\n{}");
        }
        String answers = raw(three.toString());
        assertThat(answers.split("HTTP/1.1 200", -1)).hasSize(4);
        assertThat(upstream.seen.stream().map(seen -> seen.header("x-number"))).containsExactly("1", "2", "3");
    }

    @Test
    void clientThatLeavesInTheMiddleOfItsBodyFreesTheUpstream() throws Exception {
        try (Socket client = proxy.socket()) {
            ScriptedUpstream.write(
                    client.getOutputStream(),
                    "POST /mcp/notion HTTP/1.1\r\nHost: " + host() + "\r\nAuthorization: Bearer " + RunningProxy.KEY
                            + "\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\"");
            assertThat(client.getInputStream().available()).isZero();
        }
        assertThat(proxy.report().outcome()).isEqualTo("client_left");
        assertThat(upstream.seen).as("no whole request arrived").isEmpty();
    }

    @Test
    void expectContinueIsAnsweredAtOnce() throws Exception {
        try (Socket client = proxy.socket()) {
            ScriptedUpstream.write(
                    client.getOutputStream(),
                    "POST /mcp/notion HTTP/1.1\r\nHost: " + host()
                            + "\r\nAuthorization: Bearer " + RunningProxy.KEY
                            + "\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
            byte[] interim = client.getInputStream().readNBytes("HTTP/1.1 100 Continue".length());
            assertThat(new String(interim, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 Continue");
            ScriptedUpstream.write(client.getOutputStream(), "{}");
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("HTTP/1.1 200");
        }
    }

    private String host() {
        return "127.0.0.1:" + proxy.server.port();
    }

    /** Everything that comes back until the proxy closes the connection. */
    private String raw(String request) throws IOException {
        try (Socket client = proxy.socket()) {
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            client.getOutputStream().flush();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
