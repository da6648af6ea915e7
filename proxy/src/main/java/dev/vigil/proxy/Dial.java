// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection until it can be used: look-up, TCP, the HTTP proxy's tunnel, TLS, codec. Touched on its event
 * loop only, but for the look-up, which blocks and runs elsewhere.
 */
final class Dial {
    private static final Bootstrap SOCKET = new Bootstrap()
            .channel(NioSocketChannel.class)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            // The limit of the whole dial governs.
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            // Both measured: larger buffers halve the cost of a 64 KiB body and cost small ones nothing.
            .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 4096, 256 * 1024))
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 1024 * 1024));

    private final EventLoop loop;
    private final Origin origin;
    private final Optional<ProxyRule.HttpProxy> proxy;
    private final boolean localAllowed;
    private final Consumer<ChannelPipeline> codec;
    private final Duration limit;
    private final Promise<Channel> result;
    private final DialFault fault;
    private @Nullable SslContext tls;

    Dial(
            EventLoop loop,
            Origin origin,
            Optional<ProxyRule.HttpProxy> proxy,
            boolean localAllowed,
            Consumer<ChannelPipeline> codec,
            Duration limit) {
        this.loop = loop;
        this.origin = origin;
        this.proxy = proxy;
        this.localAllowed = localAllowed;
        this.codec = codec;
        this.limit = limit;
        this.result = loop.newPromise();
        this.fault = new DialFault(origin, proxy);
    }

    Future<Channel> result() {
        return result;
    }

    void begin(Executor lookups, Outbound.Names names, TrustedRoots roots) {
        Future<?> alarm =
                loop.schedule(() -> result.tryFailure(fault.timeout(limit)), limit.toMillis(), TimeUnit.MILLISECONDS);
        result.addListener(over -> alarm.cancel(false));
        String host = ProxyRule.bare(proxy.map(ProxyRule.HttpProxy::host).orElse(origin.host()));
        lookups.execute(() -> {
            if (result.isDone()) {
                return;
            }
            try {
                SslContext context = origin.isTls() ? roots.context() : null;
                List<InetAddress> found = names.addresses(host);
                comeHome(() -> connect(found, context));
            } catch (Exception broken) {
                comeHome(() -> result.tryFailure(fault.of(broken)));
            }
        });
    }

    private void comeHome(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException closing) {
            // The loop is shut down: whoever waits for this connection is gone too.
        }
    }

    private void connect(List<InetAddress> found, @Nullable SslContext context) {
        if (result.isDone()) {
            return;
        }
        tls = context;
        List<InetAddress> usable = usable(found);
        if (usable.isEmpty()) {
            result.tryFailure(fault.forbidden());
            return;
        }
        fault.at(DialFault.Step.CONNECT);
        Future<Channel> race = ConnectRace.run(loop, usable, this::attempt);
        result.addListener(over -> race.cancel(false));
        race.addListener(done -> {
            if (race.isSuccess()) {
                connected(race.getNow());
            } else {
                result.tryFailure(fault.of(race.cause()));
            }
        });
    }

    /** Addresses are judged here and connected to as they are: a second look-up could give another answer. */
    private List<InetAddress> usable(List<InetAddress> found) {
        if (localAllowed) {
            return found;
        }
        if (proxy.isPresent()) {
            boolean local = NoProxyEntry.literal(ProxyRule.bare(origin.host()))
                    .filter(LocalAddress::isLocal)
                    .isPresent();
            return local ? List.of() : found;
        }
        return found.stream().filter(address -> !LocalAddress.isLocal(address)).toList();
    }

    private ChannelFuture attempt(InetAddress address) {
        Bootstrap socket = SOCKET.clone(loop);
        if (proxy.isEmpty()) {
            return socket.handler(steps(Optional.empty())).connect(new InetSocketAddress(address, origin.port()));
        }
        InetSocketAddress via = new InetSocketAddress(address, proxy.get().port());
        HttpProxyHandler tunnel = proxy.get()
                .login()
                .map(login -> new HttpProxyHandler(via, login.user(), login.password()))
                .orElseGet(() -> new HttpProxyHandler(via));
        tunnel.setConnectTimeoutMillis(0);
        return socket.handler(steps(Optional.of(tunnel)))
                .connect(InetSocketAddress.createUnresolved(ProxyRule.bare(origin.host()), origin.port()));
    }

    private static ChannelHandler steps(Optional<HttpProxyHandler> tunnel) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                tunnel.ifPresent(handler -> channel.pipeline().addLast(handler));
                channel.pipeline().addLast(Quiet.NAME, new Quiet());
            }
        };
    }

    private void connected(Channel channel) {
        result.addListener(over -> {
            if (!over.isSuccess()) {
                channel.close();
            }
        });
        HttpProxyHandler tunnel = channel.pipeline().get(HttpProxyHandler.class);
        if (tunnel == null) {
            secure(channel);
            return;
        }
        fault.at(DialFault.Step.TUNNEL);
        tunnel.connectFuture().addListener(done -> {
            if (done.isSuccess()) {
                secure(channel);
            } else {
                result.tryFailure(fault.of(done.cause()));
            }
        });
    }

    private void secure(Channel channel) {
        if (tls == null) {
            ready(channel);
            return;
        }
        fault.at(DialFault.Step.TLS);
        SslHandler handler = tls.newHandler(channel.alloc(), ProxyRule.bare(origin.host()), origin.port());
        handler.setHandshakeTimeoutMillis(0);
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                ready(channel);
            } else {
                result.tryFailure(fault.of(done.cause()));
            }
        });
        channel.pipeline().addBefore(Quiet.NAME, null, handler);
    }

    private void ready(Channel channel) {
        if (result.isDone()) {
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        try {
            codec.accept(pipeline);
        } catch (RuntimeException bug) {
            result.tryFailure(fault.of(bug));
            return;
        }
        pipeline.remove(Quiet.NAME);
        if (proxy.isPresent()) {
            pipeline.remove(HttpProxyHandler.class);
        }
        // Before anybody hears of it: the receiver may want to switch it off again.
        channel.config().setAutoRead(true);
        result.trySuccess(channel);
    }

    /** Swallows what the futures of the steps report already, so that nothing falls off the end of the pipeline. */
    private static final class Quiet extends ChannelInboundHandlerAdapter {
        static final String NAME = "dial";

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
    }
}
