// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Listens on loopback, owns the event loops ({@code proxy-io-N}), starts and drains. Safe to call from any thread but
 * {@code proxy-io}.
 */
public final class ProxyServer implements AutoCloseable {
    private static final int LOOPS = 2;
    /** How long the loops may take to stop once every connection is closed. */
    private static final Duration LOOPS_END = Duration.ofSeconds(2);

    /** What all exchanges share. */
    record Shared(
            ProxyParts parts,
            ProxySettings settings,
            UpstreamConnections connections,
            Detours detours,
            ReplayBudget budget,
            HeldStreams held,
            PostBoxes boxes,
            Announcements announcements,
            ProgressBoard progress,
            HelpBudget help) {}

    private final MultiThreadIoEventLoopGroup loops;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> listeners = new ArrayList<>();
    private final HeldStreams held = new HeldStreams();
    private final OwnPorts ownPorts;
    private final int port;

    private ProxyServer(ProxySettings settings, ProxyParts parts) throws IOException {
        loops = new MultiThreadIoEventLoopGroup(
                LOOPS, new DefaultThreadFactory("proxy-io", true), NioIoHandler.newFactory());
        try {
            Shared shared = new Shared(
                    parts,
                    settings,
                    new UpstreamConnections(parts.outbound()),
                    new Detours(),
                    new ReplayBudget(),
                    held,
                    new PostBoxes(),
                    new Announcements(),
                    new ProgressBoard(),
                    new HelpBudget(parts.time()));
            listeners.addAll(bindBoth(settings.port(), shared, Optional.empty()));
            port = ((InetSocketAddress) listeners.get(0).localAddress()).getPort();
            ownPorts = new OwnPorts((own, connector) -> bindBoth(own, shared, Optional.of(connector)));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts listening on {@code 127.0.0.1} and, where the machine has it, on {@code [::1]}.
     *
     * @throws IOException when the port cannot be had ({@link BindException}: somebody else has it)
     */
    public static ProxyServer start(ProxySettings settings, ProxyParts parts) throws IOException {
        return new ProxyServer(settings, parts);
    }

    /** The port we listen on. */
    public int port() {
        return port;
    }

    /**
     * Listens on these ports too, each for one connector, and no longer on others that were given before.
     *
     * @param wanted by connector
     * @return why a connector has no port of its own, by its name; {@link BindException}: somebody else has it
     */
    public Map<String, IOException> ownPorts(Map<String, Integer> wanted) {
        return ownPorts.change(wanted);
    }

    /** A connector's authorization may be good again: clients who wait for it hear of it. Any thread; quick. */
    void recovered(String connector) {
        held.recovered(connector);
    }

    /** Exchanges may end, new ones may not begin; idle connections close at once. Blocks for at most {@code patience}. */
    public void drain(Duration patience) {
        stopListening();
        for (Channel client : clients) {
            client.eventLoop().execute(() -> ClientPipeline.endSoon(client));
        }
        clients.newCloseFuture().awaitUninterruptibly(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Closes everything now. */
    @Override
    public void close() {
        stopListening();
        clients.close().awaitUninterruptibly(LOOPS_END.toMillis(), TimeUnit.MILLISECONDS);
        loops.shutdownGracefully(0, LOOPS_END.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }

    private void stopListening() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        if (ownPorts != null) { // else the start has failed
            ownPorts.close();
        }
    }

    /** @param only the one connector that answers there; empty for all */
    private List<Channel> bindBoth(int wanted, Shared shared, Optional<String> only) throws IOException {
        List<Channel> bound = new ArrayList<>(List.of(bind("127.0.0.1", wanted, shared, only)));
        try {
            int taken = ((InetSocketAddress) bound.get(0).localAddress()).getPort();
            bindSecond(taken, wanted != 0, shared, only).ifPresent(bound::add);
            return bound;
        } catch (IOException e) {
            bound.get(0).close().syncUninterruptibly();
            throw e;
        }
    }

    private Channel bind(String address, int wanted, Shared shared, Optional<String> only) throws IOException {
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(2048, 4096, UpstreamConnections.PIECE))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 1024 * 1024))
                .handler(new AcceptTrouble(
                        shared.parts().events(), shared.parts().time()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        clients.add(client);
                        ClientPipeline.build(
                                client.pipeline(), new FrontDoor(shared, guardFor(client, shared.settings()), only));
                    }
                })
                .bind(address, wanted)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bound.cause() instanceof IOException cause ? cause : new IOException(bound.cause());
        }
        return bound.channel();
    }

    private static LocalGuard guardFor(SocketChannel client, ProxySettings settings) {
        return new LocalGuard(client.localAddress().getPort(), settings.hosts());
    }

    /** A machine without IPv6 has no {@code ::1}; but a port that somebody else holds there would split our clients. */
    private Optional<Channel> bindSecond(int taken, boolean wanted, Shared shared, Optional<String> only)
            throws IOException {
        try {
            return Optional.of(bind("::1", taken, shared, only));
        } catch (BindException e) {
            if (wanted && !String.valueOf(e.getMessage()).contains("assign")) {
                throw e;
            }
        } catch (IOException | RuntimeException noIpv6) {
            // fine: 127.0.0.1 is enough
        }
        return Optional.empty();
    }
}
