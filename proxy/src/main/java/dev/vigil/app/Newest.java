// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Work of which only the newest for each key counts: what is overtaken before its turn comes is never done. Any thread. */
final class Newest {
    private final Executor executor;
    private final Map<Object, Runnable> waiting = new ConcurrentHashMap<>();

    Newest(Executor executor) {
        this.executor = executor;
    }

    /** @param key compared by value */
    void execute(Object key, Runnable work) {
        if (waiting.put(key, work) == null) {
            executor.execute(() -> next(key));
        }
    }

    private void next(Object key) {
        Runnable work = waiting.remove(key);
        if (work != null) {
            work.run();
        }
    }
}
