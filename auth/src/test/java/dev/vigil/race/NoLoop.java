// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.TaskLoop;
import java.time.Duration;

/** A planted race: a loop that is none, because each task runs at once on the thread that brings it. */
final class NoLoop implements TaskLoop {

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return () -> {};
    }

    @Override
    public void close() {}
}
