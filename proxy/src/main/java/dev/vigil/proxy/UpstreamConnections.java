// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Opens, reuses and closes upstream connections, per event loop and origin, so that both halves of an exchange live on one
 * loop and nothing is handed over. At most {@link #IDLE_PER_ORIGIN} idle ones are kept for each.
 */
final class UpstreamConnections {
    private static final int IDLE_PER_ORIGIN = 32;
    /** A server that needs more for its headers is not answering MCP. */
    private static final int HEADER_LIMIT = 64 * 1024;
    /** As large as the receive buffer grows, so that a body is passed on in the pieces it arrived in. */
    static final int PIECE = 256 * 1024;

    private final Outbound outbound;
    /** Idle connections of the loop that asks; confined to it. */
    private final FastThreadLocal<Map<Origin, Deque<Channel>>> idle = new FastThreadLocal<>() {
        @Override
        protected Map<Origin, Deque<Channel>> initialValue() {
            return new HashMap<>();
        }
    };

    UpstreamConnections(Outbound outbound) {
        this.outbound = outbound;
    }

    /** A connection to {@code origin} on {@code loop}, which is the caller's. See {@link UpstreamCall#begin}. */
    Future<Channel> acquire(EventLoop loop, Origin origin, KeepAlive.Reuse reuse) {
        Deque<Channel> free = idle.get().get(origin);
        while (free != null && !free.isEmpty()) {
            Channel candidate = free.pop(); // the one used last: it is the least likely to be closed soon
            UpstreamHandler state = UpstreamHandler.of(candidate);
            if (candidate.isActive() && KeepAlive.isUsable(state.idleFor(), state.promisedIdle(), reuse)) {
                return loop.newSucceededFuture(candidate);
            }
            candidate.close();
        }
        return outbound.dial(loop, origin, true, UpstreamConnections::codec);
    }

    /** Takes back a connection whose answer has been read to its end. */
    void release(Channel channel, Origin origin) {
        if (!channel.isActive()) {
            return;
        }
        UpstreamHandler.of(channel).free();
        Deque<Channel> free = idle.get().computeIfAbsent(origin, any -> {
            sweepLater(channel.eventLoop(), origin);
            return new ArrayDeque<>();
        });
        free.push(channel);
        if (free.size() > IDLE_PER_ORIGIN) {
            free.removeLast().close();
        }
    }

    private void sweepLater(EventLoop loop, Origin origin) {
        loop.schedule(() -> sweep(loop, origin), KeepAlive.LONGEST.toSeconds() / 4, TimeUnit.SECONDS);
    }

    private void sweep(EventLoop loop, Origin origin) {
        Deque<Channel> free = idle.get().get(origin);
        if (free == null) {
            return;
        }
        free.removeIf(channel -> {
            UpstreamHandler state = UpstreamHandler.of(channel);
            boolean keep = channel.isActive()
                    && KeepAlive.isUsable(state.idleFor(), state.promisedIdle(), KeepAlive.Reuse.ANY);
            if (!keep) {
                channel.close();
            }
            return !keep;
        });
        if (free.isEmpty()) {
            idle.get().remove(origin);
        } else {
            sweepLater(loop, origin);
        }
    }

    private static void codec(ChannelPipeline pipeline) {
        // Header validation in the codec costs a fifth of a small exchange; HeaderCheck does what matters.
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setValidateHeaders(false)
                .setMaxHeaderSize(HEADER_LIMIT)
                .setMaxChunkSize(PIECE);
        pipeline.addLast(new HttpClientCodec(config, false, true), new UpstreamHandler());
    }
}
