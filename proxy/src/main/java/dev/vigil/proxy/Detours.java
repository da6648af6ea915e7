// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where connectors' endpoints have moved to, within their origin, since this process started. Shared by all event loops;
 * keyed by the configured URL, so that an edited connector begins anew.
 */
final class Detours {
    private final Map<URI, URI> moved = new ConcurrentHashMap<>();

    URI of(Connector connector) {
        return moved.getOrDefault(connector.url(), connector.url());
    }

    void remember(Connector connector, String target) {
        moved.put(connector.url(), URI.create(target));
    }
}
