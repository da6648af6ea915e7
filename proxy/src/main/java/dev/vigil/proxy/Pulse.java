// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Beats whenever nothing has been said for a while. One timer, however much is said in between. On one event loop only. */
final class Pulse {
    private final EventLoop loop;
    private final long everyNanos;
    private final Runnable beat;
    private long last = System.nanoTime();
    private Future<?> timer = ImmediateEventExecutor.INSTANCE.newSucceededFuture(null);

    private Pulse(EventLoop loop, Duration every, Runnable beat) {
        this.loop = loop;
        this.everyNanos = every.toNanos();
        this.beat = beat;
    }

    static Pulse start(EventLoop loop, Duration every, Runnable beat) {
        Pulse pulse = new Pulse(loop, every, beat);
        pulse.waitFor(pulse.everyNanos);
        return pulse;
    }

    /** Something has just been said. */
    void touch() {
        last = System.nanoTime();
    }

    void stop() {
        timer.cancel(false);
    }

    private void waitFor(long nanos) {
        timer = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
    }

    private void look() {
        long silent = System.nanoTime() - last;
        if (silent < everyNanos) {
            waitFor(everyNanos - silent);
            return;
        }
        touch();
        waitFor(everyNanos); // first, because the beat may stop us
        beat.run();
    }
}
