// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.temporaryRedirect;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import java.util.List;
import java.util.Map;

/** An MCP server and its authorization server, every secret of which carries a mark that can be searched for. */
final class MarkedServer implements AutoCloseable {
    /** In every secret, and in nothing else. */
    static final String MARK = "mArKeD";

    private static final String REFRESH_1 = MARK + "-refresh-token-1";
    private static final String REFRESH_2 = MARK + "-refresh-token-2";
    private static final String ACCESS_1 = MARK + "-access-token-1";
    private static final String ACCESS_2 = MARK + "-access-token-2";

    private final WireMockServer server =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().globalTemplating(true));

    MarkedServer() {
        server.start();
        String root = "http://127.0.0.1:" + server.port();
        give(
                get(urlPathEqualTo("/.well-known/oauth-protected-resource/mcp")),
                Map.of("resource", root + "/mcp", "authorization_servers", List.of(root)));
        give(get(urlPathEqualTo("/.well-known/oauth-authorization-server")), metadata(root));
        server.stubFor(post(urlPathEqualTo("/register")).willReturn(jsonResponse(registration(), 201)));
        server.stubFor(get(urlPathEqualTo("/authorize"))
                .willReturn(temporaryRedirect(
                        "{{request.query.redirect_uri}}?code=" + MARK + "-code&state={{request.query.state}}")));
        give(token("authorization_code"), tokens(ACCESS_1, REFRESH_1));
        give(token("refresh_token").withRequestBody(containing(REFRESH_1)), tokens(ACCESS_2, REFRESH_2));
        server.stubFor(any(urlPathEqualTo("/mcp"))
                .withHeader("Authorization", absent())
                .willReturn(unauthorized()
                        .withHeader(
                                "WWW-Authenticate",
                                "Bearer resource_metadata=\"" + root + "/.well-known/oauth-protected-resource/mcp\"")));
        accept(ACCESS_1);
        give(post(urlPathEqualTo("/keyed")), Map.of("jsonrpc", "2.0", "id", 7, "result", Map.of("content", List.of())));
    }

    private void accept(String token) {
        give(
                post(urlPathEqualTo("/mcp")).withHeader("Authorization", equalTo("Bearer " + token)),
                Map.of("jsonrpc", "2.0", "id", 7, "result", Map.of("content", List.of())));
    }

    private static MappingBuilder token(String grantType) {
        return post(urlPathEqualTo("/token")).withRequestBody(containing("grant_type=" + grantType));
    }

    private void give(MappingBuilder asked, Object answer) {
        server.stubFor(asked.willReturn(jsonResponse(Json.MAPPER.writeValueAsString(answer), 200)));
    }

    private static Map<String, Object> metadata(String root) {
        return Map.of(
                "issuer",
                root,
                "authorization_endpoint",
                root + "/authorize",
                "token_endpoint",
                root + "/token",
                "registration_endpoint",
                root + "/register",
                "response_types_supported",
                List.of("code"),
                "grant_types_supported",
                List.of("authorization_code", "refresh_token"),
                "code_challenge_methods_supported",
                List.of("S256"),
                "token_endpoint_auth_methods_supported",
                List.of("client_secret_post"));
    }

    private static String registration() {
        return "{\"client_id\":\"a-client\",\"client_secret\":\"" + MARK + "-client-secret\","
                + "\"client_secret_expires_at\":0,\"token_endpoint_auth_method\":\"client_secret_post\","
                + "\"redirect_uris\":[\"{{jsonPath request.body '$.redirect_uris[0]'}}\"]}";
    }

    private static Map<String, Object> tokens(String access, String refresh) {
        return Map.of("access_token", access, "refresh_token", refresh, "token_type", "Bearer", "expires_in", 3600);
    }

    /** Refuses the first token, so that it must be refreshed; the second is good. */
    void wantTheSecondToken() {
        refuse(ACCESS_1);
        accept(ACCESS_2);
    }

    /** Refuses every token from now on; the refresh is refused in words that repeat what was sent, as some servers do. */
    void endTheGrant() {
        refuse(ACCESS_2);
        server.stubFor(token("refresh_token")
                .withRequestBody(containing(REFRESH_2))
                .willReturn(jsonResponse(
                        "{\"error\":\"invalid_grant\",\"error_description\":\"the token " + REFRESH_2 + " is gone\"}",
                        400)));
    }

    private void refuse(String token) {
        server.stubFor(post(urlPathEqualTo("/mcp"))
                .withHeader("Authorization", equalTo("Bearer " + token))
                .willReturn(unauthorized()
                        .withHeader(
                                "WWW-Authenticate",
                                "Bearer error=\"invalid_token\", error_description=\"" + token + " has expired\"")));
    }

    String url() {
        return "http://127.0.0.1:" + server.port() + "/mcp";
    }

    String keyedUrl() {
        return "http://127.0.0.1:" + server.port() + "/keyed";
    }

    /** Has a request carried this secret? Otherwise it proves nothing that it was not found. */
    boolean hasSeen(String secret) {
        return server.getAllServeEvents().stream()
                .anyMatch(event -> event.getRequest().getBodyAsString().contains(secret)
                        || event.getRequest().getHeaders().toString().contains(secret));
    }

    @Override
    public void close() {
        server.stop();
    }
}
