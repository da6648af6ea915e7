// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/** Sends the answer to one request, or breaks off where a fault says so. Touched on its connection's event loop only. */
final class AnswerWriter {
    private static final String JSON = "application/json";
    private static final String EVENT_STREAM = "text/event-stream";
    private static final int CHUNK = 16 * 1024;

    private final ChannelHandlerContext ctx;
    private final Tally tally;
    private final Optional<McpFault> fault;
    private boolean ended;

    /** @param fault the one that strikes while the answer is sent */
    AnswerWriter(ChannelHandlerContext ctx, Tally tally, Optional<McpFault> fault) {
        this.ctx = ctx;
        this.tally = tally;
        this.fault = fault;
        tally.begun();
    }

    /** Takes an answer apart. */
    void write(McpAnswer answer) {
        if (fault.isPresent() && fault.get() instanceof McpFault.BreakOff breakOff) {
            breakOff(breakOff, answer);
        } else if (answer instanceof McpAnswer.Whole whole) {
            ctx.writeAndFlush(DemoHttp.response(whole.web())).addListener(sent -> end());
        } else if (answer instanceof McpAnswer.Events events) {
            ctx.writeAndFlush(head(EVENT_STREAM));
            later(events.events().iterator(), events);
        } else if (answer instanceof McpAnswer.Standing standing) {
            ctx.write(head(EVENT_STREAM));
            ctx.writeAndFlush(content(": open\n\n"));
            standing.first().forEach(this::event);
        } else if (answer instanceof McpAnswer.Large large) {
            ctx.write(head(JSON));
            ctx.writeAndFlush(new HttpChunkedInput(new ChunkedStream(LargeBody.of(large), CHUNK)))
                    .addListener(sent -> end());
        } else {
            throw new AssertionError(answer);
        }
    }

    ChannelFuture event(ObjectNode message) {
        return ctx.writeAndFlush(content(frame(message)));
    }

    /** Ends a stream as the protocol wants it. */
    void endStream() {
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(sent -> end());
    }

    /** The connection is gone. */
    void connectionClosed() {
        if (!ended) {
            markEnded();
            tally.leftByPeer();
        }
    }

    private void later(Iterator<ObjectNode> events, McpAnswer.Events plan) {
        ctx.executor().schedule(() -> next(events, plan), plan.pause().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void next(Iterator<ObjectNode> events, McpAnswer.Events plan) {
        event(events.next()).addListener(sent -> {
            if (sent.isSuccess() && events.hasNext()) {
                later(events, plan);
            } else if (sent.isSuccess()) {
                endStream();
            }
        });
    }

    private void breakOff(McpFault.BreakOff breakOff, McpAnswer answer) {
        String text = answer instanceof McpAnswer.Whole whole ? whole.web().body() : "{\"jsonrpc\":\"2.0\",\"id\":";
        boolean inEvents = breakOff.where() == McpFault.Where.IN_EVENTS;
        ChannelFuture last = ctx.writeAndFlush(head(inEvents ? EVENT_STREAM : JSON));
        if (inEvents) {
            event(JsonRpc.notification(
                    "notifications/progress", JsonRpc.object().put("progress", 1)));
            text = "event: message\ndata: " + text;
        }
        if (breakOff.where() != McpFault.Where.AFTER_HEAD) {
            last = ctx.writeAndFlush(content(text.substring(0, text.length() - text.length() / 2)));
        }
        last.addListener(sent -> {
            markEnded();
            if (breakOff.how() == McpFault.How.RESET) {
                DemoHttp.reset(ctx.channel());
            } else {
                ctx.close();
            }
        });
    }

    private void end() {
        if (ended || !ctx.channel().isActive()) {
            return; // the connection went first, and connectionClosed counts that
        }
        markEnded();
        if (fault.isPresent() && fault.get() instanceof McpFault.CloseAfterAnswer) {
            ctx.close();
        }
    }

    private void markEnded() {
        ended = true;
        tally.ended();
    }

    private static HttpResponse head(String contentType) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        head.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        if (contentType.equals(EVENT_STREAM)) {
            head.headers().set("X-Accel-Buffering", "no");
        }
        return head;
    }

    private static String frame(ObjectNode message) {
        return "event: message\ndata: " + message + "\n\n";
    }

    private static DefaultHttpContent content(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        return new DefaultHttpContent(bytes);
    }
}
