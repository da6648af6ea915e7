// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sits last in an upstream connection's pipeline for all its life and hands what arrives to the call that occupies the
 * connection. A connection on which something arrives that nobody asked for is closed. On the connection's loop only.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
    private @Nullable UpstreamCall call;
    private boolean used;
    private long idleSinceNanos;
    private Duration promisedIdle = Duration.ZERO;

    static UpstreamHandler of(Channel channel) {
        return channel.pipeline().get(UpstreamHandler.class);
    }

    /** Takes the connection for a call; was it used before? */
    boolean occupy(UpstreamCall next) {
        call = next;
        boolean before = used;
        used = true;
        return before;
    }

    void free() {
        call = null;
        idleSinceNanos = System.nanoTime();
    }

    Duration idleFor() {
        return Duration.ofNanos(System.nanoTime() - idleSinceNanos);
    }

    /** How long the server has promised to keep an idle connection; zero when it has not said. */
    Duration promisedIdle() {
        return promisedIdle;
    }

    void heard(HttpResponse head) {
        promisedIdle = KeepAlive.promised(head.headers().get("Keep-Alive"));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (call != null) {
            call.received(message);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (call != null) {
            call.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (call != null) {
            call.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (call != null) {
            call.lost("it closed the connection");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (call != null) {
            call.lost(Reasons.of(cause));
        }
        ctx.close();
    }
}
