// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps one client waiting: wakes up when no answer has come for a while, and while nothing is said on its event stream. */
final class Awake {
    private final ProxyParts parts;
    private final EventLoop loop;
    private final Progressing progress;
    private @Nullable Future<?> silence;
    private @Nullable Pulse pulse;

    Awake(ProxyParts parts, EventLoop loop, Progressing progress) {
        this.parts = parts;
        this.loop = loop;
        this.progress = progress;
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

    /**
     * The client has an event stream.
     *
     * @param beat says nothing, aloud
     * @param say writes an event of ours, or drops it
     */
    void onStream(Runnable beat, Consumer<ByteBuf> say) {
        pulse = Pulse.start(loop, parts.time(), parts.pacing().pulse(), beat);
        progress.onStream(event -> {
            said();
            say.accept(event);
        });
    }

    /** Something has just been said on the stream. */
    void said() {
        if (pulse != null) {
            pulse.touch();
        }
    }

    void stop() {
        progress.stop();
        if (silence != null) {
            silence.cancel(false);
        }
        if (pulse != null) {
            pulse.stop();
        }
    }
}
