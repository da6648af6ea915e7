// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Header;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One OAuth request and how far it got. Touched on its event loop only, but for {@link #answer()}. */
final class OAuthExchange extends SimpleChannelInboundHandler<FullHttpResponse> {
    private static final int LONGEST_BODY = 1024 * 1024;

    private enum Stage {
        CONNECTING,
        CONNECTED,
        SENT
    }

    private final EventLoop loop;
    private final FullHttpRequest request;
    private final BooleanSupplier maySend;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private Stage stage = Stage.CONNECTING;

    /** @param maySend see {@code OAuthTransport.Request} */
    OAuthExchange(EventLoop loop, FullHttpRequest request, BooleanSupplier maySend) {
        this.loop = loop;
        this.request = request;
        this.maySend = maySend;
    }

    /** Completes once, never with an exception. Any thread. */
    CompletableFuture<Answer> answer() {
        return answer;
    }

    void begin(Outbound outbound, Origin origin, boolean localAllowed, Duration limit) {
        Future<?> alarm = loop.schedule(
                () -> fail("no answer within " + limit.toMillis() + " ms"), limit.toMillis(), TimeUnit.MILLISECONDS);
        Future<Channel> dial = outbound.dial(
                loop,
                origin,
                localAllowed,
                pipeline -> pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(LONGEST_BODY), this));
        answer.whenComplete((over, never) -> {
            alarm.cancel(false);
            dial.cancel(false);
        });
        dial.addListener(done -> {
            if (dial.isSuccess()) {
                send(dial.getNow());
            } else {
                fail(String.valueOf(dial.cause().getMessage()));
            }
        });
    }

    /** Ends the exchange with whatever can be said about it by now. */
    void fail(String reason) {
        answer.complete(
                switch (stage) {
                    case CONNECTING -> new Answer.NotConnected(reason);
                    case CONNECTED -> new Answer.NotSent(reason);
                    case SENT -> new Answer.SentWithoutAnswer(reason);
                });
    }

    private void send(Channel channel) {
        answer.whenComplete((over, never) -> channel.close());
        stage = Stage.CONNECTED;
        if (!channel.isActive()) {
            fail("the connection was closed before the request was written");
            return;
        }
        if (!maySend.getAsBoolean()) {
            fail("the time in which it might be sent was over when the connection stood");
            return;
        }
        // From here on we cannot know what has left: the kernel takes bytes and does not say what became of them.
        stage = Stage.SENT;
        channel.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                fail("the request could not be written: " + written.cause());
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail("the answer cannot be read: "
                    + response.decoderResult().cause().getMessage());
        } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            List<Header> headers = response.headers().entries().stream()
                    .map(entry -> new Header(entry.getKey(), entry.getValue()))
                    .toList();
            answer.complete(
                    new Answer.Answered(response.status().code(), headers, ByteBufUtil.getBytes(response.content())));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("the connection was closed before the whole answer had come");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(
                cause instanceof TooLongFrameException
                        ? "the answer is longer than 1 MiB"
                        : String.valueOf(cause.getMessage()));
    }
}
