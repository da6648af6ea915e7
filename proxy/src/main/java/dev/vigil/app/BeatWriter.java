// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Writes the heartbeat of each connector, four times a minute at most. Touched on {@code token-keeper} only. */
final class BeatWriter implements AuthEvents {
    private static final Duration PAUSE = Duration.ofSeconds(15);

    private final Heartbeats beats;
    private final TimeSource time;
    /** When it was written last, on the monotonic clock. */
    private final Map<String, Duration> written = new HashMap<>();

    BeatWriter(Heartbeats beats, TimeSource time) {
        this.beats = beats;
        this.time = time;
    }

    @Override
    public void tended(String connector) {
        Now now = time.now();
        Duration last = written.get(connector);
        if (last == null || now.monotonic().minus(last).compareTo(PAUSE) >= 0) {
            written.put(connector, now.monotonic());
            beats.completed(connector, now.wall());
        }
    }
}
