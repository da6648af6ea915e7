// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.oauth.LoginException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;

/** What an authorization server says about itself (RFC 8414, 2; OpenID Connect Discovery, 3), as far as we need it. */
record ServerMetadata(
        String issuer,
        URI authorizationEndpoint,
        URI tokenEndpoint,
        Optional<URI> registrationEndpoint,
        Optional<URI> revocationEndpoint,
        List<String> scopes,
        boolean issParameter,
        List<String> authMethods,
        Optional<URI> introspectionEndpoint) {

    /** Is this authorization-server metadata at all? */
    static boolean isOne(ForeignJson document) {
        return document.text("issuer").isPresent();
    }

    /** @param expected spellings of the issuer that we may have asked; another one MUST NOT be used (RFC 8414, 3.3) */
    static ServerMetadata read(ForeignJson document, List<String> expected, Reach reach) throws LoginException {
        String issuer = document.text("issuer").orElseThrow();
        if (!expected.contains(issuer)) {
            throw new LoginException(
                    Kind.MISMATCH,
                    "the authorization server was named as '" + ForeignText.shown(expected.get(0))
                            + "', but calls itself '" + ForeignText.shown(issuer)
                            + "'; they must be the same to the last character. Its operator has to mend that");
        }
        if (!document.texts("code_challenge_methods_supported").contains("S256")) {
            throw new LoginException(
                    Kind.NOT_SUPPORTED,
                    "the authorization server " + ForeignText.shown(issuer)
                            + " does not say that it supports PKCE with S256, which MCP requires");
        }
        return new ServerMetadata(
                issuer,
                required(document, "authorization_endpoint", reach),
                required(document, "token_endpoint", reach),
                endpoint(document, "registration_endpoint", reach),
                endpoint(document, "revocation_endpoint", reach),
                document.texts("scopes_supported"),
                document.flag("authorization_response_iss_parameter_supported"),
                document.texts("token_endpoint_auth_methods_supported"),
                endpoint(document, "introspection_endpoint", reach));
    }

    /** 2025-03-26, "Fallbacks for Servers without Metadata Discovery". Such servers expect public clients. */
    static ServerMetadata fixedPaths(String origin) {
        return new ServerMetadata(
                origin,
                URI.create(origin + "/authorize"),
                URI.create(origin + "/token"),
                Optional.of(URI.create(origin + "/register")),
                Optional.empty(),
                List.of(),
                false,
                List.of("none"),
                Optional.empty());
    }

    private static URI required(ForeignJson document, String member, Reach reach) throws LoginException {
        Optional<URI> url = document.text(member).flatMap(ServerMetadata::parse);
        if (url.isEmpty()) {
            throw new LoginException(Kind.NOT_SUPPORTED, "the authorization server's metadata has no usable " + member);
        }
        Optional<String> refusal = reach.refusal(url.get());
        if (refusal.isPresent()) {
            throw new LoginException(Kind.NOT_SUPPORTED, "the authorization server's " + member + " " + refusal.get());
        }
        return url.get();
    }

    /** One that we can do without: out of reach is as good as absent. */
    private static Optional<URI> endpoint(ForeignJson document, String member, Reach reach) {
        return document.text(member)
                .flatMap(ServerMetadata::parse)
                .filter(url -> reach.refusal(url).isEmpty());
    }

    static Optional<URI> parse(String url) {
        try {
            return Optional.of(new URI(url));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
