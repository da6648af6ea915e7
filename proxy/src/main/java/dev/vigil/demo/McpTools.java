// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.demo.TokenCheck.Verdict.Accepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tools of the MCP server. */
final class McpTools {
    static final long MOST_BYTES = 4L << 30;
    private static final int FURTHEST_COUNT = 10_000;
    private static final int INVALID_PARAMS = -32602;
    private static final JsonNode LIST = JsonRpc.MAPPER.readTree("""
            [{"name": "echo", "description": "Says the text again.",
              "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}},
             {"name": "whoami", "description": "Says for whom the server works, and by which token.",
              "inputSchema": {"type": "object", "properties": {}},
              "outputSchema": {"type": "object", "required": ["subject", "grant", "generation"], "properties": {
                "subject": {"type": "string"}, "grant": {"type": "integer"}, "generation": {"type": "integer"}}}},
             {"name": "count_slowly", "description": "Counts and reports progress on the way.",
              "inputSchema": {"type": "object", "properties": {
                "to": {"type": "integer", "default": 5}, "pauseMillis": {"type": "integer", "default": 200}}}},
             {"name": "big", "description": "Answers a text of so many bytes.",
              "inputSchema": {"type": "object", "properties": {"bytes": {"type": "integer"}}, "required": ["bytes"]}},
             {"name": "length_of", "description": "Says how many bytes the whole request body had.",
              "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}}}]
            """);

    private McpTools() {}

    static ObjectNode list() {
        ObjectNode result = JsonRpc.object();
        result.set("tools", LIST.deepCopy());
        return result;
    }

    static McpAnswer call(McpMessage message, Optional<Accepted> caller) {
        return switch (message.tool()) {
            case "echo" -> echo(message);
            case "whoami" -> whoAmI(message, caller);
            case "count_slowly" -> countSlowly(message);
            case "big" -> big(message);
            case "length_of" -> said(message, message.bodyBytes() + " bytes");
            default -> McpAnswer.json(200, message.error(INVALID_PARAMS, "Unknown tool: " + message.tool()));
        };
    }

    private static McpAnswer echo(McpMessage message) {
        return message.isCut()
                ? failed(message, "text is longer than " + BodyGlance.LONGEST_STRING + " bytes, use length_of")
                : said(message, message.arguments().path("text").asString(""));
    }

    private static McpAnswer whoAmI(McpMessage message, Optional<Accepted> caller) {
        ObjectNode who = JsonRpc.object()
                .put("subject", caller.map(Accepted::subject).orElse("anybody"))
                .put("grant", caller.map(Accepted::grant).orElse(0))
                .put("generation", caller.map(Accepted::generation).orElse(0));
        ObjectNode result = text(who.toString());
        result.set("structuredContent", who);
        return McpAnswer.json(200, message.result(result));
    }

    private static McpAnswer countSlowly(McpMessage message) {
        int to = message.arguments().path("to").asInt(5);
        int pauseMillis = message.arguments().path("pauseMillis").asInt(200);
        if (to < 1 || to > FURTHEST_COUNT || pauseMillis < 0) {
            return failed(message, "to must be between 1 and " + FURTHEST_COUNT + ", pauseMillis not below 0");
        }
        List<ObjectNode> events = new ArrayList<>();
        JsonNode token = message.meta().path("progressToken");
        for (int i = 1; i <= to && !token.isMissingNode(); i++) {
            ObjectNode progress = JsonRpc.object().put("progress", i).put("total", to);
            progress.set("progressToken", token);
            events.add(JsonRpc.notification("notifications/progress", progress));
        }
        events.add(message.result(text("counted to " + to)));
        return new McpAnswer.Events(events, Duration.ofMillis(pauseMillis));
    }

    private static McpAnswer big(McpMessage message) {
        long bytes = message.arguments().path("bytes").asLong(-1);
        if (bytes < 0 || bytes > MOST_BYTES) {
            return failed(message, "bytes must be between 0 and " + MOST_BYTES);
        }
        String frame = message.result(text("\n")).toString();
        int hole = frame.indexOf("\\n"); // where JSON wrote the line feed, which stands nowhere else
        return new McpAnswer.Large(frame.substring(0, hole), bytes, frame.substring(hole + 2));
    }

    private static McpAnswer said(McpMessage message, String text) {
        return McpAnswer.json(200, message.result(text(text)));
    }

    private static McpAnswer failed(McpMessage message, String why) {
        return McpAnswer.json(200, message.result(text(why).put("isError", true)));
    }

    private static ObjectNode text(String text) {
        ObjectNode result = JsonRpc.object();
        result.putArray("content").addObject().put("type", "text").put("text", text);
        return result;
    }
}
