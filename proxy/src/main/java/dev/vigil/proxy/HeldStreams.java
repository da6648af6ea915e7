// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Streams that clients have open, by connector, so that those who wait hear when it can be used again. Any thread. */
final class HeldStreams {

    /** A stream that somebody listens to. */
    interface Held {
        /** The connector can be used again, perhaps. Called on any thread. */
        void recovered();

        /** The upstream's side of this session is another one now. Called on any thread. */
        void moved(String session);
    }

    private final Map<String, Set<Held>> all = new ConcurrentHashMap<>();

    void add(String connector, Held held) {
        all.computeIfAbsent(connector, name -> ConcurrentHashMap.newKeySet()).add(held);
    }

    void remove(String connector, Held held) {
        all.getOrDefault(connector, Set.of()).remove(held);
    }

    void recovered(String connector) {
        all.getOrDefault(connector, Set.of()).forEach(Held::recovered);
    }

    void moved(String connector, String session) {
        all.getOrDefault(connector, Set.of()).forEach(held -> held.moved(session));
    }
}
