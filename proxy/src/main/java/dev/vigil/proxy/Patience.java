// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Waits for something on an event loop, but no longer than told. */
final class Patience {
    private final Runnable goOn;
    /** Touched on the loop only. */
    private boolean over;

    private Patience(Runnable goOn) {
        this.goOn = goOn;
    }

    /**
     * Runs {@code goOn} on the loop, exactly once: when {@code wanted} is done, well or not, or when {@code limit} has
     * passed.
     */
    static void await(EventLoop loop, CompletionStage<?> wanted, Duration limit, Runnable goOn) {
        Patience patience = new Patience(goOn);
        Future<?> timer = loop.schedule(patience::end, limit.toMillis(), TimeUnit.MILLISECONDS);
        wanted.whenCompleteAsync(
                (result, failure) -> {
                    timer.cancel(false);
                    patience.end();
                },
                loop);
    }

    private void end() {
        if (!over) {
            over = true;
            goOn.run();
        }
    }
}
