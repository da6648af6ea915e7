// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.proxy.OwnAnswer.Kind;
import dev.vigil.proxy.OwnAnswer.Sent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * The shape of every answer of our own. A tool call that is skipped gets a result with {@code isError}, one plain sentence
 * and {@code _meta["dev.vigil/skip"]}: the only shape whose text reaches the model in every client. Everything else gets a
 * JSON-RPC error in an HTTP 200, because clients read a 4xx as a sign of another protocol era. Ids are copied byte for byte.
 * What hooks and agents may rely on is written down in {@code docs/skip.md} and {@code docs/skip.schema.json}.
 */
public final class SkipReply {
    /** Outside the range that JSON-RPC and MCP reserve. */
    static final int SKIPPED = 1401;

    static final int NOT_CONNECTED = 1403;
    static final int UPSTREAM = 1502;
    private static final int NOT_JSON = -32700;
    private static final int OTHER_TRANSPORT = -32000;
    /** MCP 2025-11-25, "Session Management": whereupon a client begins a new one. */
    private static final int NO_SUCH_SESSION = 404;

    static final String META_KEY = "dev.vigil/skip";
    /** Of the object's contract, {@code docs/skip.md}: another one when a reader of this one would be misled. */
    private static final int VERSION = 1;

    /** From this revision on every result says that it is complete. */
    private static final String MODERN = "2026-07-28";
    /** What clients ask for when they connect; they try again on a 5xx, and never on an error in a 200. */
    private static final Set<String> AT_CONNECT = Set.of(
            "initialize",
            "server/discover",
            "tools/list",
            "prompts/list",
            "resources/list",
            "resources/templates/list");

    /** Of a tool, in a sentence. */
    private static final int LONGEST_NAME = 80;

    private static final JsonMapper JSON = JsonMapper.shared();

    private SkipReply() {}

    /** The answer to a whole request body. */
    static Reply to(HttpMethod method, MessageScan scan, OwnAnswer own) {
        if (!method.equals(HttpMethod.POST)) {
            return Reply.json(
                    own.kind().isSkip() ? 405 : own.kind() == Kind.SESSION_OVER ? NO_SUCH_SESSION : 503,
                    ClientReply.sentence(own.kind().word(), sentence(own, "")));
        }
        if (!scan.isJson()) {
            return Reply.json(400, bytes(error("null", NOT_JSON, "This body is not JSON-RPC.", Optional.empty())));
        }
        List<RpcMessage> requests = requests(scan);
        if (requests.isEmpty()) {
            return own.kind() == Kind.SESSION_OVER
                    ? Reply.json(NO_SUCH_SESSION, bytes(error("null", UPSTREAM, sentence(own), Optional.empty())))
                    : Reply.accepted();
        }
        return Reply.json(
                status(requests, own), scan.isBatch() ? batch(requests, own) : bytes(answer(requests.get(0), own)));
    }

    /** The answer to one request, whatever came with it. */
    static byte[] to(RpcMessage request, OwnAnswer own) {
        return bytes(answer(request, own));
    }

    /** The answer to the open requests of a stream that broke off, as events. */
    static ByteBuf events(MessageScan scan, OwnAnswer own) {
        StringBuilder text = new StringBuilder();
        for (RpcMessage request : requests(scan)) {
            text.append("event: message\ndata: ").append(answer(request, own)).append("\n\n");
        }
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    /**
     * The error for one request of a batch or alone, about trouble. Pure.
     *
     * @param id raw JSON
     * @param tool that it calls; empty for any other request
     */
    public static String error(String id, Optional<String> tool, OwnAnswer own) {
        Map<RpcField, String> fields = new EnumMap<>(Map.of(RpcField.ID, id));
        tool.ifPresent(name -> fields.putAll(Map.of(RpcField.METHOD, "tools/call", RpcField.NAME, name)));
        return answer(RpcMessage.of(fields), own).toString();
    }

    /** The answer to a client that showed no local key, or a wrong one. Under 200 characters, or some clients cut it. */
    static Reply notConnected(HttpMethod method, MessageScan scan, Optional<String> userAgent) {
        String message = "This client is not connected to Vigil. Run: vigil connect " + clientName(userAgent);
        if (!method.equals(HttpMethod.POST)) {
            return Reply.json(405, ClientReply.sentence("not_connected", message));
        }
        List<RpcMessage> requests = requests(scan);
        if (scan.isJson() && requests.isEmpty()) {
            return Reply.accepted();
        }
        String id = requests.isEmpty() ? "null" : requests.get(0).id().orElse("null");
        return Reply.json(200, bytes(error(id, NOT_CONNECTED, message, Optional.empty())));
    }

    private static String clientName(Optional<String> userAgent) {
        String agent = userAgent.orElse("").toLowerCase(Locale.ROOT);
        if (agent.startsWith("claude-code/")) return "claude-code";
        if (agent.startsWith("codex")) return "codex";
        return agent.startsWith("opencode/") ? "opencode" : "my-client";
    }

    /** MCP 2025-11-25, "Backwards Compatibility": whereupon a client asks for the event stream of HTTP+SSE. */
    static Reply otherTransport(String id) {
        String message = "This server speaks HTTP+SSE of MCP 2024-11-05: ask for its event stream with GET.";
        return Reply.json(405, bytes(error(id, OTHER_TRANSPORT, message, Optional.empty())));
    }

    private static List<RpcMessage> requests(MessageScan scan) {
        return scan.messages().stream().filter(RpcMessage::isRequest).toList();
    }

    private static int status(List<RpcMessage> requests, OwnAnswer own) {
        if (own.kind() == Kind.SESSION_OVER) {
            return NO_SUCH_SESSION;
        }
        return own.kind().mayPass() && requests.stream().allMatch(SkipReply::isAtConnect) ? 503 : 200;
    }

    private static boolean isAtConnect(RpcMessage request) {
        return isAtConnect(request.method());
    }

    /** Is it asked for when a client connects, and changes nothing? */
    static boolean isAtConnect(Optional<String> method) {
        return AT_CONNECT.contains(method.orElse(""));
    }

    private static byte[] batch(List<RpcMessage> requests, OwnAnswer own) {
        ArrayNode answers = JSON.createArrayNode();
        requests.forEach(request -> answers.add(answer(request, own)));
        return JSON.writeValueAsBytes(answers);
    }

    private static ObjectNode answer(RpcMessage request, OwnAnswer own) {
        boolean toolCall = request.method().equals(Optional.of("tools/call"));
        String sentence = sentence(
                own,
                toolCall
                        ? request.name()
                                .map(tool -> "The call to " + OwnAnswer.plain(tool, LONGEST_NAME))
                                .orElse("The call")
                        : "The request");
        ObjectNode detail = detail(request, own);
        if (!toolCall || !own.kind().isSkip()) {
            int code = own.kind().isSkip() ? SKIPPED : UPSTREAM;
            return error(request.id().orElse("null"), code, sentence, Optional.of(detail));
        }
        ObjectNode answer = envelope(request.id().orElse("null"));
        ObjectNode result = answer.putObject("result");
        if (isModern(request)) {
            result.put("resultType", "complete");
        }
        result.put("isError", true);
        result.putArray("content").addObject().put("type", "text").put("text", sentence);
        result.putObject("_meta").set(META_KEY, detail);
        return answer;
    }

    static boolean isModern(RpcMessage request) {
        return request.protocolVersion()
                .filter(version -> version.compareTo(MODERN) >= 0)
                .isPresent();
    }

    /** What a person reads of it, whatever was asked for. */
    static String sentence(OwnAnswer own) {
        return sentence(own, "");
    }

    /** One sentence after another: what happened, whether it was sent, what helps. */
    private static String sentence(OwnAnswer own, String subject) {
        String sent = own.sent() == Sent.NO && !subject.isEmpty() ? " " + subject + " was not sent." : "";
        return own.headline() + "." + sent + (own.help().isEmpty() ? "" : " " + own.help());
    }

    static ObjectNode detail(RpcMessage request, OwnAnswer own) {
        ObjectNode detail = JSON.createObjectNode()
                .put("version", VERSION)
                .put("kind", own.kind().word())
                .put("connector", own.connector());
        request.name()
                .filter(name -> request.method().equals(Optional.of("tools/call")))
                .ifPresent(name -> detail.put("tool", name));
        detail.put("reason", own.reason());
        own.since()
                .ifPresent(since -> detail.put(
                        "since", since.truncatedTo(ChronoUnit.SECONDS).toString()));
        if (own.sent() == Sent.UNKNOWN) {
            detail.put("sent", "unknown");
        } else {
            detail.put("sent", own.sent() == Sent.YES);
        }
        detail.put("retryable", own.retryable());
        own.retryAfter().ifPresent(after -> detail.put("retryAfter", after.toSeconds()));
        own.action().ifPresent(command -> detail.put("action", command));
        if (!own.scopes().isEmpty()) {
            own.scopes().forEach(detail.putArray("scopes")::add);
        }
        return detail;
    }

    private static ObjectNode error(String id, int code, String message, Optional<ObjectNode> data) {
        ObjectNode answer = envelope(id);
        ObjectNode error = answer.putObject("error").put("code", code).put("message", message);
        data.ifPresent(detail -> error.set("data", detail));
        return answer;
    }

    static ObjectNode envelope(String id) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.putRawValue("id", new RawValue(id));
        return answer;
    }

    private static byte[] bytes(ObjectNode answer) {
        return JSON.writeValueAsBytes(answer);
    }
}
