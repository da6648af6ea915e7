// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A login written out by hand, so that the parts can be proved without the product: registration, PKCE, a person who
 * agrees, the exchange.
 */
final class HandLogin {
    private static final String REDIRECT_URI = "http://127.0.0.1:9/callback";
    /** RFC 7636, 4.1 asks for 43 characters; nobody guesses in these tests. */
    private static final String VERIFIER = "a-verifier-that-is-long-enough-for-any-server-0";

    private final JsonNode server;
    private final String resource;
    private final String clientId;

    HandLogin(NodeParts parts) {
        server = Web.getJson(parts.authorizationServer.issuer() + "/.well-known/oauth-authorization-server");
        resource = parts.gate.resource();
        clientId = Web.postJson(
                        server.path("registration_endpoint").asString(),
                        Map.of(
                                "application_type", "native",
                                "redirect_uris", List.of(REDIRECT_URI),
                                "token_endpoint_auth_method", "none",
                                "grant_types", List.of("authorization_code", "refresh_token"),
                                "response_types", List.of("code")))
                .path("client_id")
                .asString();
    }

    /** The token response of a whole login. */
    JsonNode tokens() {
        return Web.good(exchange(code()));
    }

    private String code() {
        String asked = Web.form(Map.of(
                "client_id",
                clientId,
                "response_type",
                "code",
                "redirect_uri",
                REDIRECT_URI,
                "scope",
                "mcp:use",
                "resource",
                resource,
                "code_challenge_method",
                "S256",
                "code_challenge",
                challenge()));
        URI page = URI.create(server.path("authorization_endpoint").asString() + '?' + asked);
        Map<String, String> answer = query(new Person("ada").agreeTo(page, REDIRECT_URI));
        return answer.getOrDefault("code", "no code in " + answer.keySet());
    }

    private HttpResponse<String> exchange(String code) {
        return Web.postForm(
                server.path("token_endpoint").asString(),
                Map.of(
                        "grant_type", "authorization_code",
                        "client_id", clientId,
                        "code", code,
                        "redirect_uri", REDIRECT_URI,
                        "resource", resource,
                        "code_verifier", VERIFIER));
    }

    HttpResponse<String> refresh(String refreshToken) {
        return Web.postForm(
                server.path("token_endpoint").asString(),
                Map.of("grant_type", "refresh_token", "client_id", clientId, "refresh_token", refreshToken));
    }

    private static String challenge() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Map<String, String> query(URI uri) {
        return Stream.of(uri.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }
}
