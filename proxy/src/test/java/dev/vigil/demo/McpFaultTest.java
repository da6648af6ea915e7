// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.McpFault.How;
import dev.vigil.demo.McpFault.Where;
import dev.vigil.demo.RawSocket.End;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpFaultTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
    private final DemoMcpServer.Settings settings = DemoMcpServer.Settings.protectedBy(auth);
    private final FaultScript<McpFault> faults = settings.faults();
    private final DemoMcpServer mcp = DemoMcpServer.start(settings);
    private String token = "";
    private McpWalk walk = new McpWalk("");

    @BeforeEach
    void login() throws Exception {
        token = new AuthWalk(auth, mcp.url()).login().access();
        walk = new McpWalk(mcp.url(), token);
    }

    @AfterEach
    void close() {
        mcp.close();
        auth.close();
    }

    @Test
    void refusesALiveTokenForAWhile() throws Exception {
        faults.always(new McpFault.RefuseToken());
        assertThat(McpWalk.challenge(echo())).containsEntry("error", "invalid_token");
        assertThat(echo().statusCode()).isEqualTo(401);
        faults.clear();
        assertThat(echo().statusCode()).isEqualTo(200);
    }

    @Test
    void insufficientScopeNamesWhatIsNeeded() throws Exception {
        faults.next(1, new McpFault.InsufficientScope(List.of("mcp", "admin")));
        HttpResponse<String> refused = echo();
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(McpWalk.challenge(refused))
                .containsEntry("error", "insufficient_scope")
                .containsEntry("scope", "mcp admin");
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 500, 503})
    void statusIsAnsweredWithoutAChallenge(int status) throws Exception {
        faults.next(1, new McpFault.Status(status));
        HttpResponse<String> answer = echo();
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
    }

    @Test
    void htmlComesWithStatus200() throws Exception {
        faults.next(1, new McpFault.HtmlOn200());
        HttpResponse<String> answer = echo();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/html");
    }

    @ParameterizedTest
    @CsvSource({
        "307, /moved/mcp",
        "308, /moved/mcp",
        "302, https://login.example.com/",
        "307, https://elsewhere.example.com/mcp"
    })
    void redirectNamesItsTarget(int status, String target) throws Exception {
        faults.next(1, new McpFault.Redirect(status, target));
        HttpResponse<String> answer = echo();
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Location")).contains(target);
    }

    @Test
    void movedPathServesTheSameAndIsNeverStruck() throws Exception {
        faults.always(new McpFault.Status(500));
        McpWalk moved = new McpWalk(mcp.url().replace(DemoMcpServer.PATH, DemoMcpServer.MOVED_PATH), token);
        String params = "\"name\":\"echo\",\"arguments\":{\"text\":\"here\"}";
        assertThat(McpWalk.text(moved.modern("tools/call", params, "echo"))).isEqualTo("here");
    }

    @Test
    void neverAnswersAndNoticesWhenThePeerLeaves() throws Exception {
        faults.next(1, new McpFault.NeverAnswer());
        assertThat(raw(SHORT)).isEqualTo(new RawSocket.Heard("", End.SILENCE));
        Await.until("the departure is noticed", () -> mcp.counts().leftByPeer() == 1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "AFTER_HEAD, RESET, RESET,  application/json",
        "IN_JSON,    RESET, RESET,  application/json",
        "IN_EVENTS,  RESET, RESET,  text/event-stream",
        "AFTER_HEAD, CLOSE, CLOSED, application/json",
        "IN_JSON,    CLOSE, CLOSED, application/json",
        "IN_EVENTS,  CLOSE, CLOSED, text/event-stream",
    })
    void answerBreaksOffWhereItIsToldTo(Where where, How how, End end, String type) throws Exception {
        faults.next(1, new McpFault.BreakOff(where, how));
        RawSocket.Heard heard = raw(LONG);
        assertThat(heard.end()).isEqualTo(end);
        assertThat(heard.text()).startsWith("HTTP/1.1 200").contains(type);
        String body = heard.text().substring(heard.text().indexOf("\r\n\r\n"));
        assertThat(body.contains("\"jsonrpc\"")).isEqualTo(where != Where.AFTER_HEAD);
        assertThat(body.contains("notifications/progress")).isEqualTo(where == Where.IN_EVENTS);
        assertThat(body)
                .doesNotContain("spoken")
                .doesNotContain("\r\n0\r\n"); // neither the end of the text nor of the body
        assertThat(mcp.counts().leftByPeer()).isZero();
    }

    @Test
    void closesTheConnectionAfterAnAnswerWithoutAWord() throws Exception {
        faults.next(1, new McpFault.CloseAfterAnswer());
        RawSocket.Heard heard = raw(LONG);
        assertThat(heard.text())
                .startsWith("HTTP/1.1 200")
                .contains("spoken")
                .doesNotContainIgnoringCase("connection:");
        assertThat(heard.end()).isEqualTo(End.CLOSED);
    }

    @Test
    void keptConnectionsCanBeClosedAllAtOnce() throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url())) {
            post(socket);
            assertThat(socket.hear(SHORT).end()).isEqualTo(End.SILENCE); // kept alive
            assertThat(mcp.counts().openConnections()).isEqualTo(1);
            mcp.closeConnections();
            assertThat(socket.hear(LONG).end()).isEqualTo(End.CLOSED);
        }
        assertThat(echo().statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> echo() throws Exception {
        return walk.modern("tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"spoken\"}", "echo");
    }

    private RawSocket.Heard raw(Duration patience) throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url())) {
            post(socket);
            return socket.hear(patience);
        }
    }

    private void post(RawSocket socket) throws Exception {
        List<String> headers = McpWalk.modernHeaders("tools/call", "echo");
        headers.addAll(List.of("Accept", "application/json, text/event-stream", "Authorization", "Bearer " + token));
        String body = McpWalk.modernBody("tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"spoken\"}");
        socket.post(body, headers.toArray(String[]::new));
    }
}
