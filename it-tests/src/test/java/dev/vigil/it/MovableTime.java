// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The time of a server in this process: both its clocks can be moved ahead. */
final class MovableTime implements TimeSource {
    private final TimeSource machine = TimeSource.system();
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    void pass(Duration time) {
        ahead.updateAndGet(time::plus);
    }

    @Override
    public Now now() {
        Now now = machine.now();
        Duration by = ahead.get();
        return new Now(now.wall().plus(by), now.monotonic().plus(by));
    }
}
