// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import dev.vigil.oauth.OAuthTransport;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Answer.SentWithoutAnswer;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * OAuth requests over {@link Outbound}: one connection for each, since they are rare and a connection used before could
 * not say for sure whether a request had left. The caller's thread blocks; the work is done on one thread of its own,
 * {@code oauth-io}, which therefore may not call.
 */
public final class NettyOAuthTransport implements OAuthTransport, AutoCloseable {
    private static final String CLOSING = "Vigil is shutting down";

    private final Outbound outbound;
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("oauth-io", true), NioIoHandler.newFactory());
    private final EventLoop loop = threads.next();

    /** Touched on {@code loop} only. */
    private final Set<OAuthExchange> underWay = new HashSet<>();

    /** Touched on {@code loop} only. */
    private boolean closed;

    public NettyOAuthTransport(Outbound outbound) {
        this.outbound = outbound;
    }

    @Override
    public Answer send(Request request, Duration limit) {
        try {
            Origin origin = Origin.of(request.url());
            OAuthExchange exchange = new OAuthExchange(loop, message(request, origin), request.maySend());
            loop.execute(() -> begin(exchange, origin, request.localAllowed(), limit));
            return await(exchange, limit);
        } catch (IllegalArgumentException unsendable) {
            return new NotConnected(String.valueOf(unsendable.getMessage()));
        } catch (RejectedExecutionException closed) {
            return new NotConnected(CLOSING);
        }
    }

    /** Ends what is under way; those who wait for it get their answer. */
    @Override
    public void close() {
        try {
            loop.execute(() -> {
                closed = true;
                List.copyOf(underWay).forEach(exchange -> exchange.fail(CLOSING));
            });
        } catch (RejectedExecutionException again) {
            // Closed before.
        }
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void begin(OAuthExchange exchange, Origin origin, boolean localAllowed, Duration limit) {
        if (closed) {
            exchange.fail(CLOSING);
            return;
        }
        underWay.add(exchange);
        exchange.answer().thenRunAsync(() -> underWay.remove(exchange), loop);
        exchange.begin(outbound, origin, localAllowed, limit);
    }

    /** @throws IllegalArgumentException when method, target or a header holds what may not stand there */
    private static FullHttpRequest message(Request request, Origin origin) {
        URI url = URI.create(request.url().toASCIIString());
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        byte[] body = request.body().orElse(new byte[0]);
        FullHttpRequest message = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.method()), target, Unpooled.wrappedBuffer(body));
        HttpHeaders headers = message.headers();
        headers.set(HttpHeaderNames.USER_AGENT, "vigil");
        request.headers().stream().map(Header::name).forEach(headers::remove);
        request.headers().forEach(header -> headers.add(header.name(), header.value()));
        headers.set(HttpHeaderNames.HOST, origin.authority());
        headers.set(HttpHeaderNames.CONNECTION, "close");
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, "identity");
        if (request.body().isPresent()) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        return message;
    }

    private Answer await(OAuthExchange exchange, Duration limit) {
        CompletableFuture<Answer> answer = exchange.answer();
        // Only a loop that has died lets this pass, and then nobody knows what it had done.
        answer.completeOnTimeout(
                new SentWithoutAnswer("the connection was given up"), limit.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        try {
            return answer.get();
        } catch (InterruptedException stop) {
            loop.execute(() -> exchange.fail("interrupted"));
            Answer known = answer.join();
            Thread.currentThread().interrupt();
            return known;
        } catch (ExecutionException bug) {
            throw new AssertionError(bug);
        }
    }
}
