// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.demo.TokenCheck.Verdict.Accepted;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Streamable HTTP without sessions, 2026-07-28: each request carries its version and mirrors its method in a header. */
final class ModernEra {
    static final String SUBSCRIPTION_KEY = "io.modelcontextprotocol/subscriptionId";

    private static final int HEADER_MISMATCH = -32020;
    private static final int UNSUPPORTED_VERSION = -32022;
    private static final int INVALID_PARAMS = -32602;
    private static final long FRESH_FOR_MILLIS = 60_000;
    private static final Pattern ENCODED = Pattern.compile("=\\?base64\\?([A-Za-z0-9+/=]*)\\?=");

    private ModernEra() {}

    static McpAnswer answer(McpMessage message, Optional<Accepted> caller) {
        Optional<McpAnswer> refused = refuse(message);
        if (refused.isPresent()) {
            return refused.get();
        }
        if (!message.isRequest()) {
            return McpAnswer.empty(202);
        }
        return switch (message.method()) {
            case "server/discover" -> McpAnswer.json(200, message.result(cacheable(discovered())));
            case "tools/list" -> McpAnswer.json(200, message.result(cacheable(McpTools.list())));
            case "tools/call" -> McpTools.call(message, caller);
            case "subscriptions/listen" -> listen(message);
            default -> McpAnswer.json(404, message.error(-32601, "Method not found: " + message.method()));
        };
    }

    private static ObjectNode discovered() {
        ObjectNode result = JsonRpc.object();
        result.putArray("supportedVersions").add(McpMessage.MODERN_VERSION);
        result.putObject("capabilities").putObject("tools").put("listChanged", true);
        result.putObject("_meta")
                .putObject("io.modelcontextprotocol/serverInfo")
                .put("name", DemoMcpServer.NAME)
                .put("version", DemoMcpServer.VERSION);
        return result;
    }

    private static ObjectNode cacheable(ObjectNode result) {
        return result.put("ttlMs", FRESH_FOR_MILLIS).put("cacheScope", "private");
    }

    /** The first message says what we will tell, which is at most that the tools have changed. */
    private static McpAnswer listen(McpMessage message) {
        ObjectNode params = JsonRpc.object();
        params.putObject("_meta").set(SUBSCRIPTION_KEY, message.id());
        boolean wanted =
                message.params().path("notifications").path("toolsListChanged").asBoolean(false);
        ObjectNode agreed = params.putObject("notifications");
        if (wanted) {
            agreed.put("toolsListChanged", true);
        }
        ObjectNode first = JsonRpc.notification("notifications/subscriptions/acknowledged", params);
        return new McpAnswer.Standing("", message.id(), wanted, List.of(first));
    }

    private static Optional<McpAnswer> refuse(McpMessage message) {
        String version = message.header("MCP-Protocol-Version");
        if (version.isEmpty()) {
            return mismatch(message, "MCP-Protocol-Version is missing");
        }
        JsonNode inBody = message.meta().path(McpMessage.VERSION_KEY);
        if (inBody.isMissingNode() || !message.meta().has("io.modelcontextprotocol/clientCapabilities")) {
            return Optional.of(McpAnswer.json(400, message.error(INVALID_PARAMS, "_meta is not complete")));
        }
        if (!version.equals(inBody.asString(""))) {
            return mismatch(message, "MCP-Protocol-Version is not the version in _meta");
        }
        if (!version.equals(McpMessage.MODERN_VERSION)) {
            return Optional.of(unsupported(message, version));
        }
        if (!message.header("Mcp-Method").equals(message.method())) {
            return mismatch(message, "Mcp-Method is not the method in the body");
        }
        boolean named = message.method().equals("tools/call");
        return named && !decoded(message.header("Mcp-Name")).equals(message.tool())
                ? mismatch(message, "Mcp-Name is not the name in the body")
                : Optional.empty();
    }

    private static String decoded(String value) {
        Matcher matcher = ENCODED.matcher(value);
        try {
            return matcher.matches()
                    ? new String(Base64.getDecoder().decode(matcher.group(1)), StandardCharsets.UTF_8)
                    : value;
        } catch (IllegalArgumentException e) {
            return value; // a literal that only looks encoded
        }
    }

    private static McpAnswer unsupported(McpMessage message, String asked) {
        ObjectNode error = message.error(UNSUPPORTED_VERSION, "Unsupported protocol version");
        ObjectNode data = ((ObjectNode) error.get("error")).putObject("data").put("requested", asked);
        data.putArray("supported").add(McpMessage.MODERN_VERSION);
        return McpAnswer.json(400, error);
    }

    private static Optional<McpAnswer> mismatch(McpMessage message, String text) {
        return Optional.of(McpAnswer.json(400, message.error(HEADER_MISMATCH, text)));
    }
}
