// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests for which we tell progress, by who listens: older servers tell theirs on the session's GET stream, and then ours,
 * on the stream of the call, has to end. Any thread.
 */
final class ProgressBoard {
    private final Map<Object, Set<Progressing>> all = new ConcurrentHashMap<>();

    void add(Object listener, Progressing one) {
        all.compute(listener, (same, set) -> {
            Set<Progressing> grown = set == null ? ConcurrentHashMap.newKeySet() : set;
            grown.add(one);
            return grown;
        });
    }

    void remove(Object listener, Progressing one) {
        all.computeIfPresent(listener, (same, set) -> {
            set.remove(one);
            return set.isEmpty() ? null : set;
        });
    }

    /** Some request of this listener has been told of by its server. */
    void heard(Object listener) {
        all.getOrDefault(listener, Set.of()).forEach(Progressing::heardElsewhere);
    }
}
