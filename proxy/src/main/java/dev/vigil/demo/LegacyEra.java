// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.demo.TokenCheck.Verdict.Accepted;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Streamable HTTP with sessions, 2025-03-26 to 2025-11-25. Touched on the server's event loop only. */
final class LegacyEra {
    static final String SESSION = "Mcp-Session-Id";
    /** Newest first: that is the one offered to a client that wants something else. */
    static final List<String> VERSIONS = List.of("2025-11-25", "2025-06-18", "2025-03-26");

    private final Set<String> sessions = new HashSet<>();
    private final OpenStreams streams;
    private final Supplier<String> unguessable;

    LegacyEra(OpenStreams streams, Supplier<String> unguessable) {
        this.streams = streams;
        this.unguessable = unguessable;
    }

    McpAnswer answer(McpMessage message, Optional<Accepted> caller) {
        if (message.method().equals("initialize") && message.isRequest()) {
            return initialize(message);
        }
        Optional<McpAnswer> refused = refuse(message.headers());
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!message.isRequest()) {
            return McpAnswer.empty(202);
        }
        return switch (message.method()) {
            case "ping" -> McpAnswer.json(200, message.result(JsonRpc.object()));
            case "tools/list" -> McpAnswer.json(200, message.result(McpTools.list()));
            case "tools/call" -> McpTools.call(message, caller);
            default -> McpAnswer.json(200, message.error(-32601, "Method not found: " + message.method()));
        };
    }

    /** GET: the stream for what the server has to say by itself. */
    McpAnswer listen(HttpHeaders headers) {
        return refuse(headers)
                .orElseGet(() ->
                        new McpAnswer.Standing(headers.get(SESSION, ""), MissingNode.getInstance(), true, List.of()));
    }

    /** DELETE. */
    McpAnswer end(HttpHeaders headers) {
        Optional<McpAnswer> refused = refuse(headers);
        forget(headers.get(SESSION, ""));
        return refused.orElseGet(() -> McpAnswer.empty(204));
    }

    void forgetSessions() {
        Set.copyOf(sessions).forEach(this::forget);
    }

    private void forget(String session) {
        if (sessions.remove(session)) {
            streams.end(session);
        }
    }

    private McpAnswer initialize(McpMessage message) {
        String asked = message.params().path("protocolVersion").asString("");
        String version = VERSIONS.contains(asked) ? asked : VERSIONS.get(0);
        ObjectNode result = JsonRpc.object().put("protocolVersion", version);
        result.putObject("capabilities").putObject("tools").put("listChanged", true);
        result.putObject("serverInfo").put("name", DemoMcpServer.NAME).put("version", DemoMcpServer.VERSION);
        String session = unguessable.get();
        sessions.add(session);
        return new McpAnswer.Whole(WebAnswer.json(200, message.result(result)).with(SESSION, session));
    }

    private Optional<McpAnswer> refuse(HttpHeaders headers) {
        String session = headers.get(SESSION, "");
        if (session.isEmpty()) {
            return error(400, -32000, "Bad Request: " + SESSION + " header is required");
        }
        if (!sessions.contains(session)) {
            return error(404, -32001, "Session not found");
        }
        String version = headers.get("MCP-Protocol-Version", VERSIONS.get(0)); // may be absent in 2025-03-26
        return VERSIONS.contains(version)
                ? Optional.empty()
                : error(400, -32000, "Bad Request: unsupported protocol version " + version);
    }

    private static Optional<McpAnswer> error(int status, int code, String text) {
        return Optional.of(McpAnswer.json(status, JsonRpc.error(MissingNode.getInstance(), code, text)));
    }
}
