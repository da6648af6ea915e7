// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one way out of this machine, for MCP and OAuth alike: one set of trusted roots, one HTTP proxy, one set of limits.
 * Any thread may call; what happens to a connection happens on the event loop that was given.
 */
public final class Outbound {
    /** For name look-up, TCP, the HTTP proxy and TLS together. */
    static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    /** A look-up of the JDK blocks, sometimes for half a minute; more of them than this wait in a queue. */
    private static final int LOOKUP_THREADS = 8;

    /** Asks the system for a name's addresses; blocks. */
    @FunctionalInterface
    interface Names {
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    private final ProxyRule proxies;
    private final TrustedRoots roots;
    private final Names names;
    private final Duration limit;
    private final Executor lookups = lookupThreads();

    Outbound(OutboundSettings settings, Names names, Duration limit) {
        this.proxies = ProxyRule.of(settings.environment());
        this.roots = TrustedRoots.with(settings.extraCa());
        this.names = names;
        this.limit = limit;
    }

    /** @throws IllegalArgumentException when the CA file cannot be used or the proxy's URL is not one; it says which and why */
    public static Outbound open(OutboundSettings settings) {
        return new Outbound(settings, host -> List.of(InetAddress.getAllByName(host)), CONNECT_LIMIT);
    }

    /**
     * Connects. The future completes on {@code loop} when TCP, the HTTP proxy's tunnel and TLS, with the host's name
     * verified, all stand and {@code codec} has added its handlers; from then on the channel reads by itself. It fails with
     * an {@link OutboundException}, at the latest after ten seconds. Cancelling it closes whatever stands by then.
     *
     * @param localAllowed false refuses loopback, private and link-local addresses after the name was looked up, and
     *     connects to no address but those that were checked. Behind an HTTP proxy only addresses in the URL itself can be
     *     checked: what a name means is for the proxy to know
     * @param codec called once, on {@code loop}
     */
    public Future<Channel> dial(EventLoop loop, Origin origin, boolean localAllowed, Consumer<ChannelPipeline> codec) {
        Dial dial = new Dial(loop, origin, proxies.forOrigin(origin), localAllowed, codec, limit);
        loop.execute(() -> dial.begin(lookups, names, roots));
        return dial.result();
    }

    private static Executor lookupThreads() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                LOOKUP_THREADS,
                LOOKUP_THREADS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("name-lookup", true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
