// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Whom a grant's tokens belong to, so that a refresh needs no discovery and cannot go to the wrong server.
 *
 * @param resource the protected resource's identifier exactly as its metadata spells it (RFC 8707, RFC 9728)
 * @param revocationEndpoint RFC 7009, where the server has one
 * @param introspectionEndpoint RFC 7662, where the server has one
 * @param account who logged in, where the server tells
 * @param scopes what was granted; empty when neither asked for nor told
 */
public record OAuthBinding(
        String issuer,
        URI tokenEndpoint,
        Optional<URI> revocationEndpoint,
        String resource,
        RegisteredClient client,
        Optional<String> account,
        List<String> scopes,
        Optional<URI> introspectionEndpoint) {
    public OAuthBinding {
        scopes = List.copyOf(scopes);
    }
}
