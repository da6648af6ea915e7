// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same conversations with the official SDK's server, directly and through Vigil: status, headers and bodies are the same,
 * event by event, but for what {@code docs/mcp.md} lists and what a server makes up anew each time.
 */
class TrafficIT {
    /** Not passed on, of one connection only, or Vigil's to set: see "Headers" in {@code docs/mcp.md}. */
    private static final Set<String> DIFFERENT = Set.of(
            "access-control-allow-origin", "connection", "keep-alive", "transfer-encoding", "date", "mcp-session-id");

    private static final List<String> REVISIONS = List.of("2025-03-26", "2025-06-18", "2025-11-25");
    private static final String MODERN = "2026-07-28";

    /** Params of calls, by tool; each shows another shape of answer. */
    private static final Map<String, String> CALLS = new TreeMap<>(Map.of(
            "test_simple_text", "{}",
            "test_image_content", "{}",
            "test_embedded_resource", "{}",
            "test_multiple_content_types", "{}",
            "test_error_handling", "{}",
            "test_tool_with_logging", "{}",
            "test_tool_with_progress", "{}",
            "no_such_tool", "{}"));

    /** What was heard of one exchange. */
    private record Heard(String what, int status, boolean inSession, Map<String, List<String>> headers, String body) {}

    @Test
    void clientHearsThroughVigilWhatItHearsDirectly(@TempDir Path folder) {
        try (NodeParts parts = NodeParts.start("reference", Duration.ofHours(1))) {
            Product product = new Product(folder.resolve("home"))
                    .config("connectors:\n  open: { url: " + parts.server + ", grant: none }\nlisten: { port: "
                            + FreePort.find() + " }\n");
            try (Product.Daemon daemon = product.daemon()) {
                String vigil = daemon.url() + "/k/" + product.connect("test") + "/mcp/open";
                for (String revision : REVISIONS) {
                    assertSame(legacy(vigil, revision), legacy(parts.server, revision));
                }
                assertSame(modern(vigil), modern(parts.server));
            }
        }
    }

    private static void assertSame(List<Heard> throughVigil, List<Heard> directly) {
        assertThat(throughVigil).hasSameSizeAs(directly);
        for (int i = 0; i < directly.size(); i++) {
            assertThat(throughVigil.get(i)).isEqualTo(directly.get(i));
        }
    }

    private static List<Heard> legacy(String url, String revision) {
        List<Heard> all = new ArrayList<>();
        HttpResponse<String> begun = Web.send(Mcp.posting(url, Mcp.INITIALIZE.replace("2025-11-25", revision)));
        all.add(heard("initialize " + revision, begun));
        String session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
        List<String> bodies = new ArrayList<>(List.of(
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                request("ping", "{}"),
                request("tools/list", "{}"),
                request("prompts/list", "{}"),
                request("resources/list", "{}"),
                request("resources/templates/list", "{}"),
                request("resources/read", "{\"uri\":\"test://static-text\"}"),
                request("prompts/get", "{\"name\":\"test_simple_prompt\"}"),
                request("logging/setLevel", "{\"level\":\"debug\"}"),
                request("no/such/method", "{}"),
                "{\"jsonrpc\":\"2.0\",\"id\":\"a \\u00e4 \\\"\",\"method\":\"ping\"}",
                "this is not JSON"));
        CALLS.forEach((tool, arguments) -> bodies.add(call(tool, arguments)));
        for (String body : bodies) {
            all.add(heard(body, Web.send(inSession(Mcp.posting(url, body), session, revision))));
        }
        all.add(heard(
                "DELETE", Web.send(inSession(Web.to(url), session, revision).DELETE())));
        all.add(heard("without a session", Web.send(Mcp.posting(url, request("tools/list", "{}")))));
        return all;
    }

    private static HttpRequest.Builder inSession(HttpRequest.Builder request, String session, String revision) {
        return request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", revision);
    }

    private static List<Heard> modern(String url) {
        List<Heard> all = new ArrayList<>();
        all.add(modern(url, "server/discover", "", "{"));
        all.add(modern(url, "tools/list", "", "{"));
        all.add(modern(url, "resources/read", "test://static-text", "{\"uri\":\"test://static-text\","));
        all.add(modern(url, "no/such/method", "", "{"));
        all.add(modern(url, "tools/call", "another_name", "{\"name\":\"test_simple_text\",\"arguments\":{},"));
        CALLS.forEach((tool, arguments) -> all.add(
                modern(url, "tools/call", tool, "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + ",")));
        all.add(heard("GET", Web.get(url)));
        return all;
    }

    private static Heard modern(String url, String method, String name, String params) {
        String body = request(
                method,
                params + "\"_meta\":{\"progressToken\":\"p\",\"io.modelcontextprotocol/protocolVersion\":\"" + MODERN
                        + "\",\"io.modelcontextprotocol/clientInfo\":{\"name\":\"test\",\"version\":\"1\"},"
                        + "\"io.modelcontextprotocol/clientCapabilities\":{}}}");
        HttpRequest.Builder request =
                Mcp.posting(url, body).header("MCP-Protocol-Version", MODERN).header("Mcp-Method", method);
        if (!name.isEmpty()) {
            request.header("Mcp-Name", name);
        }
        return heard(method + " " + name, Web.send(request));
    }

    private static String request(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":" + params + "}";
    }

    private static String call(String tool, String arguments) {
        return request(
                "tools/call",
                "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + ",\"_meta\":{\"progressToken\":5}}");
    }

    private static Heard heard(String what, HttpResponse<String> answer) {
        Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
        headers.keySet().removeIf(name -> DIFFERENT.contains(name.toLowerCase(java.util.Locale.ROOT)));
        boolean inSession = answer.headers().firstValue("Mcp-Session-Id").isPresent();
        return new Heard(what, answer.statusCode(), inSession, headers, lasting(answer.body()));
    }

    /** Without what the server draws or measures anew each time. */
    private static String lasting(String body) {
        return body.replaceAll("(?m)^id: .*$", "id: drawn")
                .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "drawn")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "measured");
    }
}
