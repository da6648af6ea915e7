// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tries a host's addresses until one answers: the next begins when one has failed or has said nothing for 250 ms, so that
 * a dead IPv6 route costs a quarter of a second and not the whole limit (RFC 8305). Touched on its loop only.
 */
final class ConnectRace {
    /** RFC 8305, section 5: the recommended connection attempt delay. */
    private static final long HEAD_START_MILLIS = 250;

    private final EventLoop loop;
    private final Iterator<InetAddress> waiting;
    private final Function<InetAddress, ChannelFuture> connect;
    private final Promise<Channel> winner;
    private final List<ChannelFuture> running = new ArrayList<>();
    private @Nullable Future<?> timer;
    private @Nullable Throwable firstFailure;

    private ConnectRace(EventLoop loop, List<InetAddress> addresses, Function<InetAddress, ChannelFuture> connect) {
        this.loop = loop;
        this.waiting = families(addresses).iterator();
        this.connect = connect;
        this.winner = loop.newPromise();
    }

    /** The first channel that stands. Whoever cancels the future, or gets another result, leaves no connection behind. */
    static Future<Channel> run(
            EventLoop loop, List<InetAddress> addresses, Function<InetAddress, ChannelFuture> connect) {
        ConnectRace race = new ConnectRace(loop, addresses, connect);
        race.winner.addListener(over -> race.clearTheField());
        race.startNext();
        return race.winner;
    }

    /** RFC 8305, section 4: families take turns, in the order of the system otherwise. */
    static List<InetAddress> families(List<InetAddress> addresses) {
        List<InetAddress> four =
                addresses.stream().filter(Inet4Address.class::isInstance).toList();
        List<InetAddress> six = addresses.stream()
                .filter(address -> !(address instanceof Inet4Address))
                .toList();
        boolean fourFirst = !addresses.isEmpty() && addresses.get(0) instanceof Inet4Address;
        List<InetAddress> first = fourFirst ? four : six;
        List<InetAddress> second = fourFirst ? six : four;
        List<InetAddress> mixed = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            first.stream().skip(i).findFirst().ifPresent(mixed::add);
            second.stream().skip(i).findFirst().ifPresent(mixed::add);
        }
        return mixed;
    }

    private void startNext() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (winner.isDone() || !waiting.hasNext()) {
            return;
        }
        ChannelFuture attempt = connect.apply(waiting.next());
        running.add(attempt);
        timer = waiting.hasNext() ? loop.schedule(this::startNext, HEAD_START_MILLIS, TimeUnit.MILLISECONDS) : null;
        attempt.addListener(done -> finished(attempt));
    }

    private void finished(ChannelFuture attempt) {
        running.remove(attempt);
        if (attempt.isSuccess()) {
            if (!winner.trySuccess(attempt.channel())) {
                attempt.channel().close();
            }
            return;
        }
        if (firstFailure == null) {
            firstFailure = attempt.cause();
        }
        startNext();
        if (running.isEmpty() && !waiting.hasNext()) {
            winner.tryFailure(firstFailure);
        }
    }

    private void clearTheField() {
        if (timer != null) {
            timer.cancel(false);
        }
        List.copyOf(running).forEach(attempt -> attempt.channel().close());
    }
}
