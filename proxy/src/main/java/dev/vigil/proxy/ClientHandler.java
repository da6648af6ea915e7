// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Turns the requests of one connection into turns, one after the other, and keeps reading while a turn lasts, so that a
 * client that leaves is noticed at once. On the connection's event loop only.
 */
final class ClientHandler extends ChannelInboundHandlerAdapter {
    private final FrontDoor door;
    /** What a client sent before its last request was answered (pipelining). */
    private final Deque<Object> waiting = new ArrayDeque<>();

    private @Nullable Turn turn;
    /** Has the present request's body not come to its end yet? */
    private boolean receiving;

    private boolean heldBack;
    private boolean keepAlive = true;
    private boolean closing;

    ClientHandler(FrontDoor door) {
        this.door = door;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!waiting.isEmpty() || (message instanceof HttpRequest && turn != null)) {
            waiting.add(message);
            pace(ctx);
        } else {
            take(ctx, message);
        }
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest request) {
            receiving = true;
            keepAlive =
                    HttpUtil.isKeepAlive(request) && !request.decoderResult().isFailure();
            Connection connection = new Connection(ctx);
            Turn begun = door.receive(request, connection);
            turn = connection.over ? null : begun; // it may have been answered at once
        }
        if (message instanceof HttpContent piece) {
            content(ctx, piece);
        }
    }

    private void content(ChannelHandlerContext ctx, HttpContent piece) {
        if (piece.decoderResult().isFailure()) {
            piece.release();
            leave(ctx);
            return;
        }
        boolean last = piece instanceof LastHttpContent;
        if (last) {
            receiving = false;
        }
        if (turn != null) {
            turn.content(piece);
        } else {
            piece.release(); // answered already; the rest is read so that the client can finish and read our answer
        }
        if (last && turn == null) {
            next(ctx);
        }
    }

    /** The body makes no sense any more, and nor would anything after it. */
    private void leave(ChannelHandlerContext ctx) {
        if (turn != null) {
            Turn broken = turn;
            turn = null;
            broken.clientGone();
        }
        ctx.close();
    }

    private void next(ChannelHandlerContext ctx) {
        if (closing && waiting.isEmpty()) {
            ctx.close();
            return;
        }
        while (turn == null && !receiving && !waiting.isEmpty()) {
            take(ctx, waiting.poll());
            while (receiving && !waiting.isEmpty() && !(waiting.peek() instanceof HttpRequest)) {
                take(ctx, waiting.poll());
            }
        }
        pace(ctx);
    }

    private void pace(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(!heldBack && waiting.isEmpty());
    }

    /** The proxy is closing: idle connections close now, others after their answer. */
    void endSoon(ChannelHandlerContext ctx) {
        closing = true;
        if (turn == null && !receiving) {
            ctx.close();
        } else if (turn != null) {
            turn.endSoon();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (turn != null) {
            turn.clientWritabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        leave(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset, mostly; channelInactive follows and tells the turn
    }

    /** What a turn may do with its client's connection. */
    final class Connection {
        private final ChannelHandlerContext ctx;
        private boolean over;

        private Connection(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        ChannelHandlerContext ctx() {
            return ctx;
        }

        /** May the next request come on this connection? */
        boolean isKept() {
            return keepAlive && !closing;
        }

        /** Stops reading from the client, or goes on. */
        void holdBack(boolean hold) {
            heldBack = hold;
            pace(ctx);
        }

        /** The answer has been written to its end. */
        void turnOver() {
            over = true;
            turn = null;
            heldBack = false;
            if (!isKept()) {
                ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            } else if (!receiving) {
                next(ctx);
            } else {
                pace(ctx);
            }
        }

        /** What came after this request could be anything: it must not be read as another one. */
        void doNotKeep() {
            keepAlive = false;
        }

        /** The answer broke off, and the client must notice. */
        void reset() {
            over = true;
            turn = null;
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            ctx.close();
        }
    }
}
