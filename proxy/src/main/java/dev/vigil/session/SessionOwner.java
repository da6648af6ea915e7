// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import dev.vigil.auth.Connector;
import java.util.Optional;

/**
 * Whose session it is. Another connector, another local key, or the same connector at another address never gets to it: what
 * one server gave is not shown to another.
 *
 * @param server the connector's URL; empty for a session that was kept before this was known, which is nobody's
 * @param client the client that the local key belongs to; empty where keys are off
 */
public record SessionOwner(String connector, String server, String client) {
    public static SessionOwner of(Connector connector, Optional<String> client) {
        return new SessionOwner(connector.name(), connector.url().toString(), client.orElse(""));
    }
}
