// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which faults strike the requests to come. A script is handed to a server's constructor and may be changed while the
 * server runs, from any thread. Entries are tried in the order in which they were added; a request takes the first that
 * wants it, and is served normally when none does.
 *
 * @param <F> the faults that the server knows
 */
public final class FaultScript<F> {
    private final List<Entry<F>> entries = new ArrayList<>();

    /** Strikes the next {@code times} requests. */
    public void next(int times, F fault) {
        add(new Entry<>(null, fault, times));
    }

    /**
     * Strikes the next {@code times} requests of one kind and leaves all others alone.
     *
     * @param kind the grant type at the authorization server, the HTTP method at the MCP server
     */
    public void next(int times, F fault, String kind) {
        add(new Entry<>(kind, fault, times));
    }

    /** Strikes every request until {@link #clear}. */
    public void always(F fault) {
        add(new Entry<>(null, fault, Integer.MAX_VALUE));
    }

    /** Ends every fault that has not struck yet. */
    public synchronized void clear() {
        entries.clear();
    }

    /** The fault for this request, counted as struck. */
    synchronized Optional<F> take(String kind) {
        for (int i = 0; i < entries.size(); i++) {
            Entry<F> entry = entries.get(i);
            if (entry.wants(kind)) {
                replace(i, entry);
                return Optional.of(entry.fault());
            }
        }
        return Optional.empty();
    }

    private synchronized void add(Entry<F> entry) {
        if (entry.left() < 1) {
            throw new IllegalArgumentException("a fault cannot strike " + entry.left() + " times");
        }
        entries.add(entry);
    }

    private synchronized void replace(int i, Entry<F> struck) {
        if (struck.left() == 1) {
            entries.remove(i);
        } else if (struck.left() < Integer.MAX_VALUE) {
            entries.set(i, new Entry<>(struck.kind(), struck.fault(), struck.left() - 1));
        }
    }

    private record Entry<F>(@Nullable String kind, F fault, int left) {
        boolean wants(String asked) {
            return kind == null || kind.equals(asked);
        }
    }
}
