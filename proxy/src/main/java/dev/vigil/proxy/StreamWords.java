// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** What Vigil itself says on event streams. Pure. */
final class StreamWords {
    private static final byte[] EVENT = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    /** MCP 2026-07-28, "Subscriptions": each message on a listening stream names the request that opened it. */
    private static final String SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId";

    /** At one in 25 s it takes a month to come to 1. */
    private static final int PROGRESS_DIGITS = 5;

    private static final JsonMapper JSON = JsonMapper.shared();

    private StreamWords() {}

    /** Nothing, said aloud. */
    static ByteBuf comment() {
        return Unpooled.wrappedBuffer(COMMENT);
    }

    /** @param subscription the raw id of the request that listens; empty on streams that need none */
    static ByteBuf notification(String method, Optional<String> subscription) {
        ObjectNode message = message().put("method", method);
        subscription.ifPresent(id -> name(message.putObject("params"), id));
        return event(message);
    }

    /**
     * A request is still waited for. A server that takes over begins at 0 or 1, so ours stay far below 1, and hardly above 0.
     *
     * @param token the client's, raw
     * @param count grows with each for the same token
     */
    static ByteBuf progress(String token, long count, String connector) {
        ObjectNode message = message().put("method", "notifications/progress");
        ObjectNode params = message.putObject("params");
        params.putRawValue("progressToken", new RawValue(token));
        params.putRawValue(
                "progress",
                new RawValue(BigDecimal.valueOf(count, PROGRESS_DIGITS).toPlainString()));
        params.put("message", "still waiting for " + connector);
        return event(message);
    }

    /**
     * The first message to a listener.
     *
     * @param wanted the {@code params.notifications} of its request
     */
    static ByteBuf acknowledged(String id, ObjectNode wanted) {
        ObjectNode message = message().put("method", "notifications/subscriptions/acknowledged");
        ObjectNode params = message.putObject("params");
        name(params, id);
        params.set("notifications", wanted);
        return event(message);
    }

    /** The last message to a listener: it may ask again. */
    static ByteBuf listened(String id) {
        ObjectNode message = message();
        message.putRawValue("id", new RawValue(id));
        ObjectNode result = message.putObject("result").put("resultType", "complete");
        name(result, id);
        return event(message);
    }

    private static ObjectNode message() {
        return JSON.createObjectNode().put("jsonrpc", "2.0");
    }

    private static void name(ObjectNode holder, String id) {
        holder.putObject("_meta").putRawValue(SUBSCRIPTION, new RawValue(id));
    }

    /** MCP 2024-11-05, "Transports": where to post. */
    static byte[] endpoint(String path) {
        return ("event: endpoint\ndata: " + path + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Something that no request has asked for. */
    static byte[] error(byte[] json) {
        return ("event: error\ndata: " + new String(json, StandardCharsets.UTF_8) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** JSON on one line may follow. */
    static ByteBuf beginOfEvent() {
        return Unpooled.wrappedBuffer(EVENT);
    }

    static ByteBuf endOfEvent() {
        return Unpooled.wrappedBuffer(END);
    }

    /** Outside its strings, where they may not stand, line ends in JSON are as good as spaces. */
    static ByteBuf onOneLine(ByteBuf json) {
        for (int i = json.readerIndex(); i < json.writerIndex(); i++) {
            byte b = json.getByte(i);
            if (b == '\n' || b == '\r') {
                json.setByte(i, ' ');
            }
        }
        return json;
    }

    /** @param json on one line */
    static ByteBuf event(byte[] json) {
        return Unpooled.wrappedBuffer(EVENT, json, END);
    }

    private static ByteBuf event(ObjectNode message) {
        return event(message.toString().getBytes(StandardCharsets.UTF_8));
    }
}
