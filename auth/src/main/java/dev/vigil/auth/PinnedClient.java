// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Optional;

/**
 * An OAuth client that a person registered with the authorization server and named in {@code vigil.yaml}; it goes before
 * dynamic registration (MCP authorization, client registration order).
 */
public record PinnedClient(String id, Optional<Secret> secret) {
    public PinnedClient {
        if (id.isBlank()) {
            throw new IllegalArgumentException("client.id may not be blank");
        }
    }
}
