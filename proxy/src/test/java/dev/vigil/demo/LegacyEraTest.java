// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class LegacyEraTest {
    private final DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.open());
    private final McpWalk walk = new McpWalk(mcp.url());

    @AfterEach
    void close() {
        mcp.close();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "2025-11-25, 2025-11-25",
        "2025-06-18, 2025-06-18",
        "2025-03-26, 2025-03-26",
        "2024-11-05, 2025-11-25",
        "2099-01-01, 2025-11-25",
    })
    void initializeAgreesOnAVersion(String asked, String agreed) throws Exception {
        JsonNode result = Web.json(walk.initialize(asked)).path("result");
        assertThat(result.path("protocolVersion").asString()).isEqualTo(agreed);
        assertThat(result.has("resultType")).isFalse();
    }

    @Test
    void sessionIsRequiredAndUnknownOnesAreNotFound() throws Exception {
        String list = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
        String session = walk.session("2025-11-25");
        assertThat(walk.post(list).statusCode()).isEqualTo(400);
        assertThat(walk.post(list, "Mcp-Session-Id", "made-up").statusCode()).isEqualTo(404);
        HttpResponse<String> listed = walk.post(list, "Mcp-Session-Id", session);
        assertThat(listed.statusCode()).isEqualTo(200);
        assertThat(Web.json(listed).path("result").path("tools").size()).isEqualTo(5);
        mcp.forgetSessions();
        assertThat(walk.post(list, "Mcp-Session-Id", session).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"2025-06-18, 200", "2024-11-05, 400", "nonsense, 400"})
    void versionHeaderMustBeOneWeSpeak(String version, int status) throws Exception {
        String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
        String session = walk.session("2025-06-18");
        assertThat(walk.post(ping, "Mcp-Session-Id", session, "MCP-Protocol-Version", version)
                        .statusCode())
                .isEqualTo(status);
    }

    @Test
    void notificationIsAcceptedWithoutABody() throws Exception {
        HttpResponse<String> answer = walk.post(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                "Mcp-Session-Id",
                walk.session("2025-11-25"));
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                                              | 400 | -32700",
                "[]                                                    | 400 | -32600",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no/such\"} | 200 | -32601",
            })
    void badMessageIsAnError(String body, int status, int code) throws Exception {
        HttpResponse<String> answer = walk.post(body, "Mcp-Session-Id", walk.session("2025-11-25"));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Web.json(answer).path("error").path("code").asInt()).isEqualTo(code);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "echo         | {\"text\":\"hällo\"}  | hällo",
                "length_of    | {}                    | 122 bytes",
                "big          | {\"bytes\":5}         | xxxxx",
                "big          | {\"bytes\":0}         | ''",
                "big          | {\"bytes\":-1}        | bytes must be between 0 and 4294967296",
                "count_slowly | {\"to\":0}            | to must be between 1 and 10000, pauseMillis not below 0",
            })
    void toolsAnswer(String tool, String arguments, String text) throws Exception {
        assertThat(McpWalk.text(walk.call(walk.session("2025-11-25"), tool, arguments)))
                .isEqualTo(text);
    }

    @Test
    void unknownToolIsInvalidParams() throws Exception {
        JsonNode answer = Web.json(walk.call(walk.session("2025-11-25"), "nothing", "{}"));
        assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32602);
        assertThat(answer.path("id").asInt()).isEqualTo(1);
    }

    @Test
    void slowCountReportsProgressBeforeItsResult() throws Exception {
        HttpResponse<String> answer =
                walk.call(walk.session("2025-11-25"), "count_slowly", "{\"to\":3,\"pauseMillis\":20}");
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        List<JsonNode> events = McpWalk.events(answer.body());
        assertThat(events).hasSize(4);
        assertThat(events.subList(0, 3))
                .allMatch(event ->
                        event.path("params").path("progressToken").asString().equals("p1"));
        assertThat(events.get(3)
                        .path("result")
                        .path("content")
                        .path(0)
                        .path("text")
                        .asString())
                .isEqualTo("counted to 3");
    }

    @Test
    void getStreamTellsOfChangedToolsAndEndsWithItsSession() throws Exception {
        String session = walk.session("2025-11-25");
        try (RawSocket stream = new RawSocket(mcp.url())) {
            stream.send("GET", "", "Accept", "text/event-stream", "Mcp-Session-Id", session);
            stream.hearUntil(": open\n\n");
            mcp.toolsChanged();
            assertThat(walk.send("DELETE", "Mcp-Session-Id", session).statusCode())
                    .isEqualTo(204);
            List<JsonNode> events = McpWalk.events(stream.hearUntil("\r\n0\r\n\r\n"));
            assertThat(events)
                    .extracting(event -> event.path("method").asString())
                    .containsExactly("notifications/tools/list_changed");
        }
        assertThat(walk.send("GET", "Mcp-Session-Id", session).statusCode()).isEqualTo(404);
        assertThat(mcp.counts().leftByPeer()).isZero();
    }

    @Test
    void peerThatLeavesAStreamIsCounted() throws Exception {
        String session = walk.session("2025-11-25");
        try (RawSocket socket = new RawSocket(mcp.url())) {
            socket.post(
                    McpWalk.callBody("count_slowly", "{\"to\":10000,\"pauseMillis\":1}"),
                    "Accept",
                    "application/json, text/event-stream",
                    "Mcp-Session-Id",
                    session);
            socket.hearUntil("notifications/progress");
        }
        Await.until("the departure is noticed", () -> mcp.counts().leftByPeer() == 1);
        assertThat(mcp.counts().openAnswers()).isZero();
    }

    @Test
    void foreignOriginIsForbidden() throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url())) {
            socket.post("{}", "Accept", "application/json, text/event-stream", "Origin", "http://evil.example");
            assertThat(socket.hear(Duration.ofMillis(200)).text()).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void requestThatAcceptsNoEventsIsNotAcceptable() throws Exception {
        assertThat(walk.web.post(mcp.url(), "{}", "Accept", "application/json").statusCode())
                .isEqualTo(406);
    }

    @Test
    void whatIsNotHttpIsRefused() throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url())) {
            socket.write("this is not a request\r\n\r\n");
            RawSocket.Heard heard = socket.hear(Duration.ofSeconds(10));
            assertThat(heard.text()).startsWith("HTTP/1.1 400");
            assertThat(heard.end()).isEqualTo(RawSocket.End.CLOSED);
        }
    }
}
