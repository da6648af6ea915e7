// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.ISSUER;
import static dev.vigil.oauth.FakeAuthServer.REGISTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.time.Duration;
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

class ClientRegistrationTest extends LoginFixture {

    @ParameterizedTest
    @ValueSource(strings = {"none", "client_secret_basic", "client_secret_post"})
    void clientAuthenticatesByWhatTheServerSupports(String method) throws Exception {
        server.serverMetadata().put("token_endpoint_auth_methods_supported", List.of(method));
        login(NOTION);
        assertThat(clients.all()).singleElement().satisfies(client -> {
            assertThat(client.authMethod()).isEqualTo(method);
            assertThat(client.clientSecret().isPresent()).isEqualTo(!method.equals("none"));
        });
    }

    @Test
    void serverThatNamesNoMethodGetsTheDefaultOne() throws Exception {
        server.serverMetadata().remove("token_endpoint_auth_methods_supported");
        login(NOTION);
        assertThat(saved().oauth().orElseThrow().client().authMethod()).isEqualTo("client_secret_basic");
    }

    @ParameterizedTest
    @CsvSource({"client_secret_basic", "client_secret_post"})
    void pinnedClientGoesBeforeRegistration(String method) throws Exception {
        server.serverMetadata().put("token_endpoint_auth_methods_supported", List.of(method));
        server.pin("mine", Optional.of("hush"), method, CALLBACK);
        login(connector(List.of(), Optional.of(new PinnedClient("mine", Optional.of(new Secret("hush"))))));
        assertThat(server.askedFor()).doesNotContain("POST " + REGISTER);
        assertThat(clients.all()).isEmpty();
    }

    @Test
    void pinnedClientIsNotShownToAnotherIssuer() throws Exception {
        server.pin("mine", Optional.empty(), "none", CALLBACK);
        Connector pinned = connector(List.of(), Optional.of(new PinnedClient("mine", Optional.empty())));
        login(pinned);
        String other = "https://other.example.com";
        server.resourceMetadata().put("authorization_servers", List.of(other));
        server.serverMetadata().put("issuer", other);
        server.route(
                "GET " + other + "/.well-known/oauth-authorization-server",
                request -> FakeAuthServer.json(200, server.serverMetadata()));
        assertThat(refused(() -> begin(pinned), Kind.MISMATCH)).contains(other, ISSUER, "vigil logout notion");
    }

    @Test
    void dynamicClientIsRegisteredAnewAtAnotherIssuer() throws Exception {
        clients.save(client("https://other.example.com", Optional.empty()));
        login(NOTION);
        assertThat(clients.all()).hasSize(2);
    }

    @Test
    void storedClientWhoseSecretHasExpiredIsRegisteredAnew() throws Exception {
        clients.save(client(ISSUER, Optional.of(Duration.ZERO)));
        login(NOTION);
        assertThat(server.askedFor()).contains("POST " + REGISTER);
        assertThat(clients.all())
                .singleElement()
                .extracting(RegisteredClient::clientId)
                .isEqualTo("client-1");
    }

    @Test
    void serverThatRegistersNobodyGetsARecipe() {
        server.serverMetadata().remove("registration_endpoint");
        assertThat(refused(() -> begin(NOTION), Kind.NOT_SUPPORTED))
                .contains("registers no clients", CALLBACK.toString(), "client: {", "vigil login notion");
    }

    @Test
    void clientsAreOnlyAuthenticatedByWhatWeSpeak() {
        server.serverMetadata()
                .put("token_endpoint_auth_methods_supported", List.of("private_key_jwt", "tls\u001b[2J"));
        assertThat(refused(() -> begin(NOTION), Kind.NOT_SUPPORTED))
                .contains("private_key_jwt")
                .doesNotContain("\u001b");
    }

    static Stream<Arguments> registrationAnswers() {
        return Stream.of(
                Arguments.of(
                        FakeAuthServer.json(400, Map.of("error", "invalid_redirect_uri")),
                        Kind.NOT_SUPPORTED,
                        "invalid_redirect_uri"),
                Arguments.of(FakeAuthServer.answer(403, "text/html", "<b>"), Kind.NOT_SUPPORTED, "status 403"),
                Arguments.of(FakeAuthServer.json(201, Map.of("client_id", "")), Kind.NOT_SUPPORTED, "status 201"),
                Arguments.of(FakeAuthServer.answer(200, "text/html", "<b>"), Kind.NOT_SUPPORTED, "status 200"),
                Arguments.of(
                        FakeAuthServer.json(
                                201, Map.of("client_id", "x", "token_endpoint_auth_method", "client_secret_basic")),
                        Kind.NOT_SUPPORTED,
                        "gave nothing"),
                Arguments.of(
                        FakeAuthServer.json(
                                201,
                                Map.of(
                                        "client_id",
                                        "x",
                                        "client_secret",
                                        "s",
                                        "token_endpoint_auth_method",
                                        "private_key_jwt")),
                        Kind.NOT_SUPPORTED,
                        "private_key_jwt"),
                Arguments.of(FakeAuthServer.answer(503, "text/html", ""), Kind.UNREACHABLE, "503"),
                Arguments.of(new Answer.NotConnected("refused"), Kind.UNREACHABLE, "refused"),
                Arguments.of(new Answer.NotSent("reset"), Kind.UNREACHABLE, "reset"),
                Arguments.of(new Answer.SentWithoutAnswer("timed out"), Kind.UNREACHABLE, "timed out"));
    }

    @ParameterizedTest
    @MethodSource("registrationAnswers")
    void failedRegistrationIsExplainedAndNotStored(Answer answer, Kind kind, String words) {
        server.answerOnce(REGISTER, answer);
        assertThat(refused(() -> begin(NOTION), kind)).contains(words);
        assertThat(clients.all()).isEmpty();
    }

    @Test
    void registrationThatAnswers200AndASecretThatEndsAreUnderstood() throws Exception {
        long end = time.now().wall().plusSeconds(60).getEpochSecond();
        server.answerOnce(
                REGISTER,
                FakeAuthServer.json(
                        200, Map.of("client_id", "x", "client_secret", "s", "client_secret_expires_at", end)));
        server.serverMetadata().put("token_endpoint_auth_methods_supported", List.of("client_secret_post"));
        begin(NOTION);
        assertThat(clients.all()).singleElement().satisfies(client -> {
            assertThat(client.secretExpiresAt()).contains(time.now().wall().plusSeconds(60));
            assertThat(client.authMethod()).isEqualTo("client_secret_post");
        });
    }

    @Test
    void serverThatForgotOurClientIsToldANewOneNextTime() throws Exception {
        Login login = begin(NOTION);
        URI back = server.approve(login.authorizationUrl());
        server.forgetClients();
        assertThat(refused(() -> login.finish(back), Kind.REFUSED)).contains("invalid_client", "registers a new one");
        assertThat(clients.all()).isEmpty();
        login(NOTION);
        assertThat(saved().epoch()).isEqualTo(1);
    }

    @Test
    void clientThatARefreshFoundUnknownIsRegisteredAnew() throws Exception {
        login(NOTION);
        vault.save(saved().refused(new Refusal("invalid_client", time.now().wall())));
        server.forgetClients();
        login(NOTION);
        assertThat(saved().refusal()).isEmpty();
        assertThat(server.askedFor()).filteredOn(("POST " + REGISTER)::equals).hasSize(2);
    }

    @Test
    void clientThatTheServerStillKnowsIsKeptWhenItsGrantEnds() throws Exception {
        login(NOTION);
        vault.save(saved().refused(new Refusal("invalid_grant", time.now().wall())));
        login(NOTION);
        assertThat(server.askedFor()).containsOnlyOnce("POST " + REGISTER);
    }

    @Test
    void pinnedClientThatTheServerRefusesIsNotForgotten() throws Exception {
        server.pin("mine", Optional.empty(), "none", CALLBACK);
        Login login = begin(connector(List.of(), Optional.of(new PinnedClient("mine", Optional.empty()))));
        URI back = server.approve(login.authorizationUrl());
        server.forgetClients();
        assertThat(refused(() -> login.finish(back), Kind.REFUSED))
                .contains("invalid_client")
                .doesNotContain("new one");
    }

    private RegisteredClient client(String issuer, Optional<Duration> secretLeft) {
        return new RegisteredClient(
                issuer,
                "old-client",
                secretLeft.map(left -> new Secret("old")),
                secretLeft.map(left -> time.now().wall().plus(left)),
                secretLeft.isPresent() ? "client_secret_basic" : "none",
                CALLBACK);
    }
}
