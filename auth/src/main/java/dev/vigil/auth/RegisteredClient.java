// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * An OAuth client at one authorization server. Never used at another issuer (MCP authorization, authorization server
 * binding).
 *
 * @param issuer the issuer that knows this client, byte for byte as its metadata spells it
 * @param secretExpiresAt RFC 7591 {@code client_secret_expires_at}; empty when it does not expire
 * @param authMethod RFC 7591 {@code token_endpoint_auth_method}: none, client_secret_basic or client_secret_post
 * @param redirectUri the redirect URI it was registered with; byte-identical in every request
 */
public record RegisteredClient(
        String issuer,
        String clientId,
        Optional<Secret> clientSecret,
        Optional<Instant> secretExpiresAt,
        String authMethod,
        URI redirectUri) {}
