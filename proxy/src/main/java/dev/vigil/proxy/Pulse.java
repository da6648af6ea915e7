// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.TimeSource;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Beats whenever nothing has been said for a while. One timer, however much is said in between. On one event loop only. */
final class Pulse {
    private final EventLoop loop;
    private final TimeSource time;
    private final Duration every;
    private final Runnable beat;
    private Duration last;
    private Future<?> timer = ImmediateEventExecutor.INSTANCE.newSucceededFuture(null);

    private Pulse(EventLoop loop, TimeSource time, Duration every, Runnable beat) {
        this.loop = loop;
        this.time = time;
        this.every = every;
        this.beat = beat;
        this.last = time.now().monotonic();
    }

    static Pulse start(EventLoop loop, TimeSource time, Duration every, Runnable beat) {
        Pulse pulse = new Pulse(loop, time, every, beat);
        pulse.waitFor(every);
        return pulse;
    }

    /** Something has just been said. */
    void touch() {
        last = time.now().monotonic();
    }

    void stop() {
        timer.cancel(false);
    }

    private void waitFor(Duration rest) {
        timer = loop.schedule(this::look, rest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        Duration silent = time.now().monotonic().minus(last);
        if (silent.compareTo(every) < 0) {
            waitFor(every.minus(silent));
            return;
        }
        touch();
        waitFor(every); // first, because the beat may stop us
        beat.run();
    }
}
