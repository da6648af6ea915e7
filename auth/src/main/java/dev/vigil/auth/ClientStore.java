// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.util.Optional;

/**
 * Where registered OAuth clients survive, sealed. Keyed by issuer and redirect URI, since a client of one issuer is never
 * shown to another. May block on the disk; throws {@link VaultException}.
 */
public interface ClientStore {

    Optional<RegisteredClient> load(String issuer, URI redirectUri);

    /** Durable on return. Replaces the client with the same issuer and redirect URI. */
    void save(RegisteredClient client);

    /** Forgets a client that its server no longer knows. */
    void delete(RegisteredClient client);
}
