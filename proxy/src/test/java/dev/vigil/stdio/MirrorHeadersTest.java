// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request of 2026-07-28 repeats of itself in headers. */
class MirrorHeadersTest {
    private static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}";
    private static final String LIST = """
            {"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"query","inputSchema":{"type":"object","properties":{
              "region":{"type":"string","x-mcp-header":"Region"},
              "limit":{"type":"integer","x-mcp-header":"Limit"},
              "dry":{"type":"boolean","x-mcp-header":"Dry"},
              "ratio":{"type":"number","x-mcp-header":"Ratio"},
              "bad":{"type":"string","x-mcp-header":"a b"},
              "list":{"type":"array","items":{"type":"string","x-mcp-header":"Item"}},
              "tenant":{"type":"object","properties":{"id":{"type":"string","x-mcp-header":"Tenant"}}}}}}]}}""";

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "plain, plain",
                "two words, two words",
                "||, ||",
                "| leading|, =?base64?IGxlYWRpbmc=?=",
                "|trailing |, =?base64?dHJhaWxpbmcg?=",
                "grün, =?base64?Z3LDvG4=?=",
                "=?base64?YQ==?=, =?base64?PT9iYXNlNjQ/WVE9PT89?=",
                "=?utf-8?, =?utf-8?"
            })
    void whatIsNotPlainIsEncoded(String value, String header) {
        assertThat(MirrorHeaders.encoded(value)).isEqualTo(header);
    }

    @Test
    void controlCharactersAreEncoded() {
        assertThat(MirrorHeaders.encoded("a\tb")).isEqualTo("=?base64?YQli?=");
        assertThat(MirrorHeaders.encoded("a\r\nX: y")).isEqualTo("=?base64?YQ0KWDogeQ==?=");
    }

    @ParameterizedTest
    @CsvSource({
        "tools/call, '\"name\":\"echo\"', echo",
        "prompts/get, '\"name\":\"plan\"', plan",
        "resources/read, '\"uri\":\"file:///a\"', file:///a",
        "tasks/get, '\"taskId\":\"t-1\"', t-1",
        "completion/complete, '\"name\":\"x\"', ",
    })
    void methodAndNameAreRepeated(String method, String param, String name) throws Exception {
        ClientMessage message =
                read("{\"params\":{" + param + "," + META + "},\"method\":\"" + method + "\",\"id\":1}");

        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("MCP-Protocol-Version", "2026-07-28");
        expected.put("Mcp-Method", method);
        if (name != null) {
            expected.put("Mcp-Name", name);
        }
        assertThat(headers(new ToolHeaders(), message)).isEqualTo(expected);
    }

    @Test
    void annotatedArgumentsAreRepeatedWhereTheSpecificationAllowsIt() throws Exception {
        ToolHeaders tools = new ToolHeaders();
        tools.learn(new ByteArrayInputStream(LIST.getBytes(StandardCharsets.UTF_8)));

        assertThat(tools.of(calling("{\"region\":\"süd\",\"limit\":42,\"dry\":false,\"ratio\":2,\"bad\":\"x\","
                        + "\"list\":[\"y\"],\"tenant\":{\"id\":\"t\"}}")))
                .isEqualTo(Map.of(
                        "Mcp-Param-Region", "=?base64?c8O8ZA==?=",
                        "Mcp-Param-Limit", "42",
                        "Mcp-Param-Dry", "false",
                        "Mcp-Param-Tenant", "t"));
        assertThat(tools.of(calling("{\"region\":null,\"tenant\":\"no object\"}")))
                .isEmpty();
    }

    @Test
    void notificationsOfTheNewEraCarryTheVersionOfTheRequestsBefore() throws Exception {
        Session session = new Session();
        Dialect dialect = new Dialect(session, new ToolHeaders());
        dialect.hear(read("{\"id\":1,\"method\":\"server/discover\",\"params\":{" + META + "}}"));

        assertThat(dialect.headers(read("{\"method\":\"notifications/x\"}"), Session.Known.NONE))
                .isEqualTo(Map.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "notifications/x"));
    }

    @Test
    void sessionsOfTheOldErasShowWhatTheHandshakeLedTo() throws Exception {
        Session session = new Session();
        Dialect dialect = new Dialect(session, new ToolHeaders());
        ClientMessage initialize = read("{\"id\":1,\"method\":\"initialize\"}");
        dialect.hear(initialize);
        session.begun(java.util.Optional.of("s-1"));
        dialect.learn(
                initialize,
                new ByteArrayInputStream(
                        "{\"id\":1,\"result\":{\"protocolVersion\":\"2025-06-18\"}}".getBytes(StandardCharsets.UTF_8)));

        assertThat(dialect.headers(read("{\"id\":2,\"method\":\"ping\"}"), session.now()))
                .isEqualTo(Map.of("MCP-Protocol-Version", "2025-06-18", "Mcp-Session-Id", "s-1"));
        assertThat(dialect.headers(initialize, session.now())).isEmpty();
    }

    private static Map<String, String> headers(ToolHeaders tools, ClientMessage message) {
        return new Dialect(new Session(), tools).headers(message, Session.Known.NONE);
    }

    private static ClientMessage calling(String arguments) throws Exception {
        return read("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"arguments\":" + arguments
                + ",\"name\":\"query\"," + META + "}}");
    }

    private static ClientMessage read(String line) throws ClientMessage.Malformed {
        return ClientMessage.read(Body.of(line.getBytes(StandardCharsets.UTF_8)));
    }
}
