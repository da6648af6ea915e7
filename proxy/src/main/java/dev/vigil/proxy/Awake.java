// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps one client waiting: wakes up when no answer has come for a while, and while nothing is said on its event stream. */
final class Awake {
    private final ProxyParts parts;
    private final EventLoop loop;
    private @Nullable Future<?> silence;
    private @Nullable Pulse pulse;

    Awake(ProxyParts parts, EventLoop loop) {
        this.parts = parts;
        this.loop = loop;
    }

    /** @param slow runs first, {@code speakUp} later */
    void whenSilent(Runnable slow, Runnable speakUp) {
        Duration first = parts.pacing().connect();
        Duration second = parts.pacing().earlyStream().minus(first);
        silence = after(first, () -> {
            silence = after(second.isNegative() ? Duration.ZERO : second, speakUp);
            slow.run();
        });
    }

    private Future<?> after(Duration rest, Runnable task) {
        return loop.schedule(task, rest.toMillis(), TimeUnit.MILLISECONDS);
    }

    void onStream(Runnable beat) {
        pulse = Pulse.start(loop, parts.time(), parts.pacing().pulse(), beat);
    }

    /** Something has just been said on the stream. */
    void said() {
        if (pulse != null) {
            pulse.touch();
        }
    }

    void stop() {
        if (silence != null) {
            silence.cancel(false);
        }
        if (pulse != null) {
            pulse.stop();
        }
    }
}
