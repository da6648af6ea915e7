// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Speaks to an MCP server in both eras, header by header. */
final class McpWalk {
    private static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

    final Web web = new Web();
    final String url;
    private final List<String> authorization;

    McpWalk(String url) {
        this(url, "");
    }

    McpWalk(String url, String token) {
        this.url = url;
        this.authorization = token.isEmpty() ? List.of() : List.of("Authorization", "Bearer " + token);
    }

    HttpResponse<String> post(String body, String... headers) throws Exception {
        return web.post(url, body, headers("application/json, text/event-stream", headers));
    }

    /** Begins a session and tells its id. */
    String session(String version) throws Exception {
        return initialize(version).headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    HttpResponse<String> initialize(String version) throws Exception {
        return post("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\""
                + version + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}");
    }

    HttpResponse<String> call(String session, String tool, String arguments) throws Exception {
        return post(callBody(tool, arguments), "Mcp-Session-Id", session);
    }

    static String callBody(String tool, String arguments) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":"
                + arguments + ",\"_meta\":{\"progressToken\":\"p1\"}},\"id\":1}";
    }

    /** The body of a request of 2026-07-28. */
    static String modernBody(String method, String params) {
        String more = params.isEmpty() ? "" : params + ",";
        return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":{" + more + META + "}}";
    }

    static List<String> modernHeaders(String method, String name) {
        List<String> headers = new ArrayList<>(List.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", method));
        if (!name.isEmpty()) {
            headers.addAll(List.of("Mcp-Name", name));
        }
        return headers;
    }

    HttpResponse<String> modern(String method, String params, String name) throws Exception {
        return post(modernBody(method, params), modernHeaders(method, name).toArray(String[]::new));
    }

    HttpResponse<String> send(String method, String... headers) throws Exception {
        return web.send(method, url, headers("text/event-stream", headers));
    }

    static String text(HttpResponse<String> response) {
        return Web.json(response)
                .path("result")
                .path("content")
                .path(0)
                .path("text")
                .asString("");
    }

    /** The messages of an event stream. */
    static List<JsonNode> events(String stream) {
        return stream.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> JsonRpc.MAPPER.readTree(line.substring(6)))
                .toList();
    }

    /** {@code a=b} pairs of a {@code WWW-Authenticate: Bearer} header. */
    static Map<String, String> challenge(HttpResponse<String> response) {
        String header = response.headers().firstValue("WWW-Authenticate").orElse("");
        return Stream.of(header.replaceFirst("^Bearer ", "").split(", ", -1))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1].replace("\"", "")));
    }

    private String[] headers(String accept, String... more) {
        List<String> all = new ArrayList<>(List.of("Accept", accept));
        all.addAll(authorization);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
