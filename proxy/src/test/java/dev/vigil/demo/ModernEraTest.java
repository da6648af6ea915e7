// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ModernEraTest {
    private final DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.open());
    private final McpWalk walk = new McpWalk(mcp.url());

    @AfterEach
    void close() {
        mcp.close();
    }

    @Test
    void discoverTellsTheVersionAndMakesNoSession() throws Exception {
        HttpResponse<String> answer = walk.modern("server/discover", "", "");
        JsonNode result = Web.json(answer).path("result");
        assertThat(result.path("supportedVersions").path(0).asString()).isEqualTo("2026-07-28");
        assertThat(result.path("resultType").asString()).isEqualTo("complete");
        assertThat(result.path("cacheScope").asString()).isEqualTo("private");
        assertThat(result.path("ttlMs").asInt()).isPositive();
        assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
    }

    @Test
    void everyResultSaysThatItIsComplete() throws Exception {
        assertThat(resultType(walk.modern("tools/list", "", ""))).isEqualTo("complete");
        assertThat(resultType(call("echo", "{\"text\":\"a\"}"))).isEqualTo("complete");
        assertThat(resultType(call("big", "{\"bytes\":3}"))).isEqualTo("complete");
        HttpResponse<String> counted = call("count_slowly", "{\"to\":1,\"pauseMillis\":1}");
        List<JsonNode> events = McpWalk.events(counted.body());
        assertThat(events).hasSize(1); // no progress token, no progress
        assertThat(events.get(0).path("result").path("resultType").asString()).isEqualTo("complete");
    }

    @ParameterizedTest(name = "{0}: {1} -> {2} {3}")
    @CsvSource({
        "MCP-Protocol-Version, '',         400, -32020",
        "MCP-Protocol-Version, 2099-01-01, 400, -32020",
        "Mcp-Method,           '',         400, -32020",
        "Mcp-Method,           tools/list, 400, -32020",
        "Mcp-Name,             '',         400, -32020",
        "Mcp-Name,             whoami,     400, -32020",
        "Mcp-Name,             =?base64?ZWNobw==?=, 200, 0",
        "Mcp-Name,             =?base64?Z?=, 400, -32020",
        "Mcp-Param-Anything,   at all,     200, 0",
    })
    void headersMustAgreeWithTheBody(String header, String value, int status, int code) throws Exception {
        List<String> headers = McpWalk.modernHeaders("tools/call", "echo");
        int at = headers.indexOf(header);
        if (at >= 0) {
            headers.set(at + 1, value);
        } else {
            headers.addAll(List.of(header, value));
        }
        String body = McpWalk.modernBody("tools/call", "\"name\":\"echo\",\"arguments\":{\"text\":\"a\"}");
        HttpResponse<String> answer = walk.post(body, headers.toArray(String[]::new));
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Web.json(answer).path("error").path("code").asInt(0)).isEqualTo(code);
        assertThat(Web.json(answer).path("id").asInt()).isEqualTo(7);
    }

    @Test
    void unsupportedVersionIsToldWhichOneIsSupported() throws Exception {
        String body = McpWalk.modernBody("tools/list", "").replace("2026-07-28", "2099-01-01");
        HttpResponse<String> answer = walk.post(body, "MCP-Protocol-Version", "2099-01-01", "Mcp-Method", "tools/list");
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode error = Web.json(answer).path("error");
        assertThat(error.path("code").asInt()).isEqualTo(-32022);
        assertThat(error.path("data").path("requested").asString()).isEqualTo("2099-01-01");
        assertThat(error.path("data").path("supported").path(0).asString()).isEqualTo("2026-07-28");
    }

    @Test
    void requestWithoutItsMetaIsInvalid() throws Exception {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{}}";
        HttpResponse<String> answer = walk.post(body, "MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/list");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Web.json(answer).path("error").path("code").asInt()).isEqualTo(-32602);
    }

    @Test
    void unknownMethodIsNotFound() throws Exception {
        HttpResponse<String> answer = walk.modern("ping", "", "");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Web.json(answer).path("error").path("code").asInt()).isEqualTo(-32601);
    }

    @ParameterizedTest
    @CsvSource({"GET", "DELETE"})
    void getAndDeleteAreGone(String method) throws Exception {
        assertThat(walk.send(method, "MCP-Protocol-Version", "2026-07-28").statusCode())
                .isEqualTo(405);
    }

    @Test
    void subscriptionIsAcknowledgedFirstAndCarriesItsId() throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url())) {
            List<String> headers = McpWalk.modernHeaders("subscriptions/listen", "");
            headers.addAll(List.of("Accept", "application/json, text/event-stream"));
            String body = McpWalk.modernBody("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
            socket.post(body, headers.toArray(String[]::new));
            String first = socket.hearUntil("}\n\n");
            mcp.toolsChanged();
            List<JsonNode> events = McpWalk.events(first + socket.hearUntil("}\n\n"));
            assertThat(events)
                    .extracting(event -> event.path("method").asString())
                    .containsExactly("notifications/subscriptions/acknowledged", "notifications/tools/list_changed");
            assertThat(events)
                    .allMatch(event -> event.path("params")
                                    .path("_meta")
                                    .path(ModernEra.SUBSCRIPTION_KEY)
                                    .asInt()
                            == 7);
        }
        Await.until("closing it is the cancel", () -> mcp.counts().leftByPeer() == 1);
    }

    private HttpResponse<String> call(String tool, String arguments) throws Exception {
        return walk.modern("tools/call", "\"name\":\"" + tool + "\",\"arguments\":" + arguments, tool);
    }

    private static String resultType(HttpResponse<String> response) {
        return Web.json(response).path("result").path("resultType").asString("");
    }
}
