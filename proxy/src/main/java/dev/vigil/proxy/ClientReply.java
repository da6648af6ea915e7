// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Writes answers of our own, whole. */
final class ClientReply {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ClientReply() {}

    /** A short JSON object that says what is wrong and what helps. */
    static byte[] sentence(String error, String message) {
        return JSON.writeValueAsBytes(
                JSON.createObjectNode().put("error", error).put("message", message));
    }

    /** Writes and flushes; closes the connection afterwards unless it is to be kept. */
    static void send(ChannelHandlerContext client, int status, String contentType, byte[] body, boolean keepAlive) {
        send(client, new Reply(status, contentType, body, Optional.empty(), Optional.empty()), keepAlive);
    }

    static void send(ChannelHandlerContext client, Reply reply, boolean keepAlive) {
        int status = reply.status();
        String contentType = reply.contentType();
        byte[] body = reply.body();
        ByteBuf content = Unpooled.wrappedBuffer(body);
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
        reply.session().ifPresent(id -> answer.headers().set(SessionTurn.HEADER, id));
        reply.location().ifPresent(url -> answer.headers().set(HttpHeaderNames.LOCATION, url));
        if (body.length > 0) {
            answer.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        answer.headers()
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer");
        if (contentType.startsWith("text/html")) {
            answer.headers()
                    .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")
                    .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY");
        }
        if (status == 405) {
            answer.headers().set(HttpHeaderNames.ALLOW, "POST");
        }
        if (keepAlive) {
            client.writeAndFlush(answer);
        } else {
            answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            client.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        }
    }

    static void json(ChannelHandlerContext client, int status, String error, String message, boolean keepAlive) {
        send(client, status, "application/json", sentence(error, message), keepAlive);
    }
}
