// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Heartbeats that end with the test. */
public final class MemoryBeats implements Heartbeats {
    private final Map<String, Instant> last = new ConcurrentHashMap<>();

    @Override
    public void completed(String connector, Instant at) {
        last.put(connector, at);
    }

    @Override
    public Optional<Instant> last(String connector) {
        return Optional.ofNullable(last.get(connector));
    }
}
