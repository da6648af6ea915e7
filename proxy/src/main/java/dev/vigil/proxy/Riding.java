// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Rides out an upstream's trouble at connect: what a client asks for then changes nothing, so it is asked again for a while
 * before anything is told. On the client's event loop only.
 */
final class Riding {
    private static final Duration FIRST_REST = Duration.ofMillis(250);
    private static final Duration LONGEST_REST = Duration.ofSeconds(2);

    private final ProxyParts parts;
    private final EventLoop loop;
    private final RequestBody body;
    private final Duration begun;
    private Duration rest = FIRST_REST;

    Riding(ProxyParts parts, EventLoop loop, RequestBody body) {
        this.parts = parts;
        this.loop = loop;
        this.body = body;
        this.begun = parts.time().now().monotonic();
    }

    /** May it pass, and is it worth another try? Then the task runs in a moment, if nothing is over by then. */
    boolean isAskedAgain(OwnAnswer why, Runnable task) {
        if (!isConnect(why) || !body.isReplayable()) {
            return false;
        }
        Duration left =
                parts.pacing().connect().minus(parts.time().now().monotonic().minus(begun));
        if (left.compareTo(rest) <= 0) {
            return false;
        }
        loop.schedule(task, rest.toMillis(), TimeUnit.MILLISECONDS);
        Duration longer = rest.multipliedBy(2);
        rest = longer.compareTo(LONGEST_REST) < 0 ? longer : LONGEST_REST;
        return true;
    }

    /** Is it trouble of the upstream with what a client asks for when it connects? */
    boolean isConnect(OwnAnswer why) {
        return why.kind().mayPass() && SkipReply.isAtConnect(body.scanned().method());
    }
}
