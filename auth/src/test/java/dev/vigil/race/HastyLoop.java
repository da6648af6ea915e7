// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.TaskLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A planted race that was a real one in {@code Timeline}: a loop on its callers' threads which lets go of itself twice, when
 * nothing is left and again on the way out. Between the two another thread may have begun, and a third then runs beside it.
 */
final class HastyLoop implements TaskLoop {
    /** Guarded by this. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    /** Guarded by this. */
    private boolean busy;

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            waiting.add(task);
            if (busy) {
                return;
            }
            busy = true;
        }
        try {
            for (Optional<Runnable> next = poll(); next.isPresent(); next = poll()) {
                next.get().run();
            }
        } finally {
            synchronized (this) {
                busy = false;
            }
        }
    }

    private synchronized Optional<Runnable> poll() {
        Optional<Runnable> next = Optional.ofNullable(waiting.poll());
        busy = next.isPresent();
        return next;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return () -> {};
    }

    @Override
    public void close() {}
}
