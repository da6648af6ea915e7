// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import java.time.Duration;

/** The machine's clocks, and as much ahead as a test says. */
final class Ahead implements TimeSource {
    private final TimeSource system = TimeSource.system();
    /** Moved by the test's thread, read by servers: as a whole or not at all. */
    private volatile Duration ahead = Duration.ZERO;

    void move(Duration by) {
        ahead = ahead.plus(by);
    }

    @Override
    public Now now() {
        Now now = system.now();
        return new Now(now.wall().plus(ahead), now.monotonic().plus(ahead));
    }
}
