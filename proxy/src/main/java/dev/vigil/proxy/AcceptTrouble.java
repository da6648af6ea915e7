// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells that no connection can be taken in, mostly because the process may open no more files, and rests for a second before
 * it is tried again, so nothing spins; who is connected already is served. Stands in the place of Netty's own handling, which
 * rests too, but writes a stack trace each time. Any event loop.
 */
@Sharable
final class AcceptTrouble extends ChannelInboundHandlerAdapter {
    /** It goes on failing every second until somebody leaves, and the log is to stay readable. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private static final Duration REST = Duration.ofSeconds(1);

    private final ProxyEvents events;
    private final TimeSource time;
    /** Guarded by this. */
    private @Nullable Deadline quiet;

    AcceptTrouble(ProxyEvents events, TimeSource time) {
        this.events = events;
        this.time = time;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext listener, Throwable cause) {
        if (isNews()) {
            events.turnedAway(
                    "accept",
                    "no connection can be taken in: " + Reasons.of(cause)
                            + ". If too many files are open, raise ulimit -n: each stream takes two. Tried again each second");
        }
        Channel door = listener.channel();
        door.config().setAutoRead(false);
        door.eventLoop().schedule(() -> door.config().setAutoRead(true), REST.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized boolean isNews() {
        Now now = time.now();
        if (quiet != null && !quiet.isDue(now)) {
            return false;
        }
        quiet = Deadline.in(QUIET, now);
        return true;
    }
}
