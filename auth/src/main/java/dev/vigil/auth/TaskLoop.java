// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.concurrent.Executor;

/** "Run this on my thread, now or later." Tasks run one at a time, in order. */
public interface TaskLoop extends Executor, AutoCloseable {

    /** Runs {@code task} on the loop, now or as soon as earlier tasks are done. */
    @Override
    void execute(Runnable task);

    /** Runs {@code task} on the loop after {@code delay}. Closing the handle calls it off, if it has not begun. */
    Timer schedule(Duration delay, Runnable task);

    /** Stops taking tasks; what waits is dropped. */
    @Override
    void close();

    /** A scheduled task. */
    @FunctionalInterface
    interface Timer {
        void cancel();
    }

    /** A loop with one daemon thread of that name. */
    static TaskLoop named(String thread) {
        return new ThreadLoop(thread);
    }
}
