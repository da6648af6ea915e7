// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the MCP server sees. Written on its event loop, read by any thread. */
final class Tally {
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger leftByPeer = new AtomicInteger();
    private final Set<Fingerprint> tokens = ConcurrentHashMap.newKeySet();

    void request(Optional<Secret> token) {
        requests.incrementAndGet();
        token.map(Fingerprint::of).ifPresent(tokens::add);
    }

    void refused() {
        refused.incrementAndGet();
    }

    void begun() {
        open.incrementAndGet();
    }

    void ended() {
        open.decrementAndGet();
    }

    void leftByPeer() {
        leftByPeer.incrementAndGet();
    }

    DemoMcpServer.Counts counts(int connections) {
        return new DemoMcpServer.Counts(
                requests.get(), refused.get(), Set.copyOf(tokens), connections, open.get(), leftByPeer.get());
    }
}
