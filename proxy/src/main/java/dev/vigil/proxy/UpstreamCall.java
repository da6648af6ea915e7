// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to have a request answered: a connection, the request on it, the answer back. Touched on the event loop that
 * client and upstream share, and on no other thread. After {@link #abandon} or a failure the listener hears nothing more.
 */
final class UpstreamCall {

    /** Hears what becomes of the call. */
    interface Listener {
        /** The connection stands and the head has been written: the body may follow. */
        void connected();

        /** A final status line and its headers; 1xx are not shown. */
        void answered(HttpResponse head);

        /** A piece of the answer; the listener owns it. */
        void answerPiece(HttpContent piece);

        /** What has been heard since the last time may be flushed on. */
        default void answerFlush() {}

        /** The upstream takes more of the body again, or no more for now. */
        default void upstreamWritabilityChanged() {}

        /** The connection never stood. Nothing was sent. */
        void unreachable(Throwable cause);

        /** The connection broke before the answer's end. */
        void broken(String reason);
    }

    private final UpstreamConnections connections;
    private final Origin origin;
    private final Listener listener;
    private @Nullable Channel channel;
    private boolean reused;
    private boolean over;
    private boolean requestDone;
    private boolean answerBegun;
    private boolean interim;
    private boolean keepAlive;

    UpstreamCall(UpstreamConnections connections, Origin origin, Listener listener) {
        this.connections = connections;
        this.origin = origin;
        this.listener = listener;
    }

    /**
     * Gets a connection and writes the head.
     *
     * @param reuse which idle connections will do
     */
    void begin(EventLoop loop, HttpRequest head, KeepAlive.Reuse reuse) {
        connections.acquire(loop, origin, reuse).addListener((Future<Channel> found) -> {
            if (!found.isSuccess()) {
                fail(() -> listener.unreachable(found.cause()));
            } else if (over) {
                connections.release(found.getNow(), origin);
            } else {
                occupy(found.getNow(), head);
            }
        });
    }

    private void occupy(Channel found, HttpRequest head) {
        channel = found;
        reused = UpstreamHandler.of(found).occupy(this);
        found.write(head);
        listener.connected();
    }

    /** Was the connection used before? Then the server may have closed it just as we wrote. */
    boolean wasReused() {
        return reused;
    }

    /** Has a byte of an answer been seen? */
    boolean answerBegun() {
        return answerBegun;
    }

    /** Takes ownership of the piece. */
    void write(ByteBuf piece) {
        if (channel == null || over) {
            piece.release();
        } else {
            channel.write(new DefaultHttpContent(piece));
        }
    }

    void writeLast() {
        if (channel != null && !over) {
            requestDone = true;
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    void flush() {
        if (channel != null && !over) {
            channel.flush();
        }
    }

    boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    /** Reads on, or holds the upstream back. */
    void read(boolean on) {
        if (channel != null && !over) {
            channel.config().setAutoRead(on);
        }
    }

    /** Gives the call up: whatever still comes is dropped, and the connection with it. */
    void abandon() {
        if (!over) {
            over = true;
            if (channel != null) {
                UpstreamHandler.of(channel).free();
                channel.close();
            }
        }
    }

    void received(Object message) {
        if (over) {
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpResponse head) {
            headReceived(head);
        } else if (interim) {
            interim = !(message instanceof LastHttpContent);
            ReferenceCountUtil.release(message);
        } else if (message instanceof HttpContent piece) {
            contentReceived(piece);
        } else {
            ReferenceCountUtil.release(message); // what the codec lets through after 101
        }
    }

    private void headReceived(HttpResponse head) {
        answerBegun = true;
        if (head.decoderResult().isFailure()) {
            lost("its answer is not HTTP");
            return;
        }
        if (head.status().code() == 101) {
            lost("it wants to speak another protocol, which nobody asked for");
            return;
        }
        if (head.status().code() < 200) {
            interim = true;
            return;
        }
        keepAlive = HttpUtil.isKeepAlive(head);
        UpstreamHandler.of(channelNow()).heard(head);
        String fault = HeaderCheck.faultOf(head);
        if (fault != null) {
            lost("its answer is malformed: " + fault);
        } else {
            listener.answered(head);
        }
    }

    private void contentReceived(HttpContent piece) {
        if (piece.decoderResult().isFailure()) {
            piece.release();
            lost("its answer is not HTTP");
            return;
        }
        boolean last = piece instanceof LastHttpContent;
        if (last) {
            finish();
        }
        listener.answerPiece(piece);
    }

    private void finish() {
        over = true;
        Channel used = channelNow();
        UpstreamHandler.of(used).free();
        used.config().setAutoRead(true);
        if (keepAlive && requestDone) {
            connections.release(used, origin);
        } else {
            used.close();
        }
    }

    void readComplete() {
        listener.answerFlush();
    }

    void writabilityChanged() {
        if (!over) {
            listener.upstreamWritabilityChanged();
        }
    }

    /** The connection is gone, or makes no sense any more. */
    void lost(String reason) {
        fail(() -> listener.broken(reason));
    }

    private void fail(Runnable tell) {
        if (!over) {
            abandon();
            tell.run();
        }
    }

    private Channel channelNow() {
        if (channel == null) {
            throw new IllegalStateException("no connection yet");
        }
        return channel;
    }
}
