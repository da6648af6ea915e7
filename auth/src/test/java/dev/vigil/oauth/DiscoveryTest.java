// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.ISSUER;
import static dev.vigil.oauth.FakeAuthServer.MCP;
import static dev.vigil.oauth.FakeAuthServer.RESOURCE_METADATA;
import static dev.vigil.oauth.FakeAuthServer.SERVER_METADATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Timeline;
import dev.vigil.oauth.Challenges.Challenge;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
    private static final String ROOT_RESOURCE = "https://mcp.example.com/.well-known/oauth-protected-resource";

    private final FakeAuthServer server = new FakeAuthServer(new Timeline());
    private final Discovery discovery = new Discovery(new OAuthCalls(server));

    @Test
    void addressInTheChallengeIsAskedFirstAndIsEnough() throws Exception {
        String elsewhere = "https://mcp.example.com/about";
        server.route("GET " + elsewhere, request -> FakeAuthServer.json(200, server.resourceMetadata()));
        Discovered found = found(challenge("Bearer resource_metadata=\"" + elsewhere + "\""));
        assertThat(found.issuer()).isEqualTo(ISSUER);
        assertThat(server.askedFor()).containsExactly("GET " + elsewhere, "GET " + SERVER_METADATA);
    }

    @Test
    void withoutAChallengePathThenRootAreAsked() throws Exception {
        server.withdraw("GET " + RESOURCE_METADATA);
        server.route("GET " + ROOT_RESOURCE, request -> FakeAuthServer.json(200, server.resourceMetadata()));
        server.resourceMetadata().put("resource", "https://mcp.example.com");
        assertThat(found(Optional.empty()).resource()).isEqualTo("https://mcp.example.com");
        assertThat(server.askedFor())
                .containsExactly("GET " + RESOURCE_METADATA, "GET " + ROOT_RESOURCE, "GET " + SERVER_METADATA);
    }

    @Test
    void deadAddressInTheChallengeLeadsToTheWellKnownOnes() throws Exception {
        found(challenge("Bearer resource_metadata=\"https://mcp.example.com/gone\""));
        assertThat(server.askedFor())
                .containsExactly(
                        "GET https://mcp.example.com/gone", "GET " + RESOURCE_METADATA, "GET " + SERVER_METADATA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://mcp.example.com/about",
                "https://127.0.0.1/about",
                "javascript:alert(1)",
                "https://u:p@mcp.example.com/",
                "::not a url::"
            })
    void hostileAddressInTheChallengeIsNeverAsked(String hostile) throws Exception {
        found(challenge("Bearer resource_metadata=\"" + hostile + "\""));
        assertThat(server.askedFor()).containsExactly("GET " + RESOURCE_METADATA, "GET " + SERVER_METADATA);
    }

    @ParameterizedTest
    @CsvSource({
        "https://auth.example.com,          /.well-known/oauth-authorization-server "
                + "/.well-known/openid-configuration",
        "https://auth.example.com/,         /.well-known/oauth-authorization-server "
                + "/.well-known/openid-configuration",
        "https://auth.example.com/tenant,   /.well-known/oauth-authorization-server/tenant "
                + "/.well-known/openid-configuration/tenant /tenant/.well-known/openid-configuration",
        "https://auth.example.com/a/b/,     /.well-known/oauth-authorization-server/a/b "
                + "/.well-known/openid-configuration/a/b /a/b/.well-known/openid-configuration",
    })
    void issuerIsAskedInTheOrderOfTheSpecAndNowhereElse(String issuer, String paths) throws Exception {
        server.withdraw("GET " + SERVER_METADATA);
        server.resourceMetadata().put("authorization_servers", List.of(issuer));
        List<String> expected =
                Stream.of(paths.split(" ")).map(path -> "GET " + ISSUER + path).toList();
        refused(Kind.NO_OAUTH, "nothing there describes it");
        assertThat(askedOfIssuer()).containsExactlyElementsOf(expected);
        for (String last : expected) { // and each of them will do
            server.serverMetadata().put("issuer", issuer);
            server.route(last, request -> FakeAuthServer.json(200, server.serverMetadata()));
            assertThat(found(Optional.empty()).issuer()).isEqualTo(issuer);
            server.withdraw(last);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://auth.example.com/", "https://AUTH.example.com", "https://auth.example.com:443"})
    void issuerIsComparedByteForByte(String spelled) {
        server.serverMetadata().put("issuer", spelled);
        refused(Kind.MISMATCH, "the same to the last character");
        assertThat(askedOfIssuer())
                .containsExactly("GET " + SERVER_METADATA, "GET " + ISSUER + "/.well-known/openid-configuration");
    }

    @Test
    void unusableDocumentIsPassedOverForAUsableOne() throws Exception {
        Map<String, Object> good = Map.copyOf(server.serverMetadata());
        server.route("GET " + ISSUER + "/.well-known/openid-configuration", request -> FakeAuthServer.json(200, good));
        server.serverMetadata().remove("code_challenge_methods_supported");
        assertThat(found(Optional.empty()).issuer()).isEqualTo(ISSUER);
    }

    static Stream<Arguments> unsafeMetadata() {
        return Stream.of(
                Arguments.of("code_challenge_methods_supported", List.of("plain"), "S256"),
                Arguments.of("code_challenge_methods_supported", "S256", "S256"),
                Arguments.of("token_endpoint", "http://auth.example.com/token", "is not https"),
                Arguments.of("token_endpoint", "https://127.0.0.1/token", "this machine"),
                Arguments.of("token_endpoint", 5, "no usable token_endpoint"),
                Arguments.of("authorization_endpoint", "javascript:alert(1)", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "data:text/html,x", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "file:///etc/passwd", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "https://u:p@auth.example.com/a", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "https://auth.example.com/a\n--evil", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "https://auth.example.com/a b", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "-https://auth.example.com/", "authorization_endpoint"),
                Arguments.of("authorization_endpoint", "", "authorization_endpoint"));
    }

    @ParameterizedTest
    @MethodSource("unsafeMetadata")
    void unsafeServerMetadataIsRefused(String member, Object value, String complaint) {
        server.serverMetadata().put(member, value);
        refused(Kind.NOT_SUPPORTED, complaint);
    }

    @Test
    void endpointsThatWeCanDoWithoutAreDroppedWhenOutOfReach() throws Exception {
        server.serverMetadata().put("registration_endpoint", "http://auth.example.com/register");
        server.serverMetadata().put("revocation_endpoint", "https://[::1]/revoke");
        Discovered found = found(Optional.empty());
        assertThat(found.registrationEndpoint()).isEmpty();
        assertThat(found.revocationEndpoint()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.com/mcp",
                "http://mcp.example.com/mcp",
                "https://mcp.example.com:8443/mcp",
                "https://mcp.example.com/mcp/deeper",
                "https://mcp.example.com/mc",
                "https://mcp.example.com/mcp#part",
                "https://u@mcp.example.com/mcp",
                "mcp.example.com",
                "urn:mcp"
            })
    void foreignResourceIsRefused(String resource) {
        server.resourceMetadata().put("resource", resource);
        refused(Kind.MISMATCH, "says that it is");
        assertThat(askedOfIssuer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://mcp.example.com/mcp",
                "https://mcp.example.com/mcp/",
                "https://mcp.example.com",
                "https://mcp.example.com/",
                "https://MCP.example.com:443/mcp"
            })
    void fittingResourceIsKeptAsItIsSpelled(String resource) throws Exception {
        server.resourceMetadata().put("resource", resource);
        assertThat(found(Optional.empty()).resource()).isEqualTo(resource);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://auth.example.com", "https://127.0.0.1", "ftp://auth.example.com", "nonsense", "::"})
    void unsafeIssuerIsNeverAsked(String issuer) {
        server.resourceMetadata().put("authorization_servers", List.of(issuer));
        refused(Kind.NOT_SUPPORTED, "authorization server");
        assertThat(server.askedFor()).containsExactly("GET " + RESOURCE_METADATA);
    }

    static Stream<Answer> notTheDocument() {
        return Stream.of(
                FakeAuthServer.answer(200, "text/html", "<html>welcome</html>"),
                FakeAuthServer.answer(200, "application/json", "{\"resource\":"),
                FakeAuthServer.answer(200, "application/json", "[1,2]"),
                FakeAuthServer.answer(200, "application/json", "{\"error\":\"not found\"}"),
                FakeAuthServer.answer(200, "application/json", "{\"resource\":7,\"issuer\":null}"),
                FakeAuthServer.answer(200, "application/json", ""),
                FakeAuthServer.answer(200, "application/json", "[".repeat(100_000)),
                FakeAuthServer.answer(302, "text/html", ""),
                FakeAuthServer.answer(401, "application/json", "{}"),
                FakeAuthServer.answer(405, "application/json", "{}"));
    }

    @ParameterizedTest
    @MethodSource("notTheDocument")
    void whatIsNotTheDocumentMeansNotHere(Answer answer) throws Exception {
        server.route("GET " + RESOURCE_METADATA, request -> answer);
        server.route("GET " + ROOT_RESOURCE, request -> FakeAuthServer.json(200, server.resourceMetadata()));
        server.route("GET " + SERVER_METADATA, request -> answer);
        server.route(
                "GET " + ISSUER + "/.well-known/openid-configuration",
                request -> FakeAuthServer.json(200, server.serverMetadata()));
        assertThat(found(Optional.empty()).issuer()).isEqualTo(ISSUER);
    }

    static Stream<Answer> trouble() {
        return Stream.of(
                new Answer.NotConnected("no such host"),
                new Answer.NotSent("reset"),
                new Answer.SentWithoutAnswer("body longer than 1 MiB"),
                FakeAuthServer.answer(500, "text/html", ""),
                FakeAuthServer.answer(503, "application/json", "{}"),
                FakeAuthServer.answer(429, "application/json", "{}"));
    }

    @ParameterizedTest
    @MethodSource("trouble")
    void troubleEndsDiscoveryInsteadOfLookingLikeAnOlderServer(Answer answer) {
        server.answerOnce(RESOURCE_METADATA, answer);
        refused(Kind.UNREACHABLE, RESOURCE_METADATA);
        assertThat(server.askedFor()).hasSize(1);
        server.answerOnce(SERVER_METADATA, answer);
        refused(Kind.UNREACHABLE, SERVER_METADATA);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // challenge | resource says | AS says                | asked for
                "-,            -,              -,                      ''",
                "-,            -,              offline_access,         ''",
                "-,            read write,     -,                      read write",
                "-,            read write,     read offline_access,    read write offline_access",
                "one,          read write,     -,                      one",
                "one,          read write,     read offline_access,    one offline_access",
                "offline_access one, -,        offline_access,         offline_access one",
            })
    void scopesFollowTheChallengeThenTheResource(String challenged, String resource, String server_, String expected)
            throws Exception {
        if (resource != null) {
            server.resourceMetadata().put("scopes_supported", List.of(resource.split(" ")));
        }
        if (server_ != null) {
            server.serverMetadata().put("scopes_supported", List.of(server_.split(" ")));
        }
        Optional<Challenge> challenge =
                challenged == null ? Optional.empty() : challenge("Bearer scope=\"" + challenged + "\"");
        assertThat(String.join(" ", found(challenge).scopes())).isEqualTo(expected);
    }

    @Test
    void flagsAndMethodsComeFromTheServersMetadata() throws Exception {
        assertThat(found(Optional.empty()).issParameter()).isFalse();
        server.serverMetadata().put("authorization_response_iss_parameter_supported", true);
        server.serverMetadata().put("service_documentation", ""); // nonsense in what we do not use
        Discovered found = found(Optional.empty());
        assertThat(found.issParameter()).isTrue();
        assertThat(found.authMethods()).containsExactly("none", "client_secret_basic");
        assertThat(found.revocationEndpoint()).contains(URI.create(FakeAuthServer.REVOKE));
    }

    @Test
    void serverOf2025MarchDescribesItsLoginAtItsOrigin() throws Exception {
        server.withdraw("GET " + RESOURCE_METADATA);
        String atOrigin = "https://mcp.example.com/.well-known/oauth-authorization-server";
        server.serverMetadata().put("issuer", "https://mcp.example.com/");
        server.route("GET " + atOrigin, request -> FakeAuthServer.json(200, server.serverMetadata()));
        Discovered found = found(Optional.empty());
        assertThat(found.issuer()).isEqualTo("https://mcp.example.com/");
        assertThat(found.resource()).isEqualTo(MCP.toString());
        assertThat(server.askedFor())
                .containsExactly("GET " + RESOURCE_METADATA, "GET " + ROOT_RESOURCE, "GET " + atOrigin);
    }

    @Test
    void withoutAnyMetadataThereAreTheFixedPathsAtTheOrigin() throws Exception {
        server.withdraw("GET " + RESOURCE_METADATA);
        assertThat(discovery.byMetadata(MCP, Optional.empty())).isEmpty();
        Discovered found = discovery.byFixedPaths(MCP, challenge("Bearer scope=\"read\""));
        assertThat(found.authorizationEndpoint()).isEqualTo(URI.create("https://mcp.example.com/authorize"));
        assertThat(found.tokenEndpoint()).isEqualTo(URI.create("https://mcp.example.com/token"));
        assertThat(found.registrationEndpoint()).contains(URI.create("https://mcp.example.com/register"));
        assertThat(found.scopes()).containsExactly("read");
        assertThatThrownBy(() -> discovery.byFixedPaths(URI.create("http://mcp.example.com/mcp"), Optional.empty()))
                .hasMessageContaining("is not https");
    }

    @Test
    void serverWithoutAPathIsAskedOnlyAtItsRoot() throws Exception {
        assertThat(discovery.byMetadata(URI.create("https://plain.example.com/"), Optional.empty()))
                .isEmpty();
        assertThat(server.askedFor())
                .containsExactly(
                        "GET https://plain.example.com/.well-known/oauth-protected-resource",
                        "GET https://plain.example.com/.well-known/oauth-authorization-server");
    }

    @Test
    void metadataIsAskedForWithoutCredentialsAndAsJson() throws Exception {
        found(Optional.empty());
        assertThat(server.asked()).allSatisfy(request -> {
            assertThat(request.headers())
                    .contains(new OAuthTransport.Header("Accept", "application/json"))
                    .noneMatch(header -> header.name().equalsIgnoreCase("Authorization"));
            assertThat(request.localAllowed()).isFalse();
        });
    }

    private Discovered found(Optional<Challenge> challenge) throws LoginException {
        return discovery.byMetadata(MCP, challenge).orElseThrow();
    }

    private void refused(Kind kind, String words) {
        assertThatThrownBy(() -> discovery.byMetadata(MCP, Optional.empty()))
                .asInstanceOf(type(LoginException.class))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    private List<String> askedOfIssuer() {
        return server.askedFor().stream().filter(url -> url.contains(ISSUER)).toList();
    }

    private static Optional<Challenge> challenge(String header) {
        return Challenges.ofOAuth(List.of(header));
    }
}
