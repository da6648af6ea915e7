// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What discovery found out about how to log in to one MCP server.
 *
 * @param issuer as the server's own documents spell it; every later comparison is byte for byte
 * @param resource RFC 8707 resource, exactly as the protected-resource metadata spells it
 * @param scopes to ask for; empty means ask for none by name
 * @param issParameter does the server promise {@code iss} in its answers (RFC 9207)?
 * @param authMethods {@code token_endpoint_auth_methods_supported}; empty when not told
 */
record Discovered(
        String issuer,
        URI authorizationEndpoint,
        URI tokenEndpoint,
        Optional<URI> registrationEndpoint,
        Optional<URI> revocationEndpoint,
        String resource,
        List<String> scopes,
        boolean issParameter,
        List<String> authMethods,
        Optional<URI> introspectionEndpoint) {
    Discovered {
        scopes = List.copyOf(scopes);
        authMethods = List.copyOf(authMethods);
    }
}
