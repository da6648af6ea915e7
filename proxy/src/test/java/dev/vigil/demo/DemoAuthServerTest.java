// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.demo.AuthWalk.Tokens;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class DemoAuthServerTest {
    private final Timeline time = new Timeline();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final DemoAuthServer.Settings settings =
            DemoAuthServer.Settings.standard().withTime(time).withLog(log::add);
    private final DemoAuthServer auth = DemoAuthServer.start(settings);
    private AuthWalk walk;

    @BeforeEach
    void register() throws Exception {
        walk = new AuthWalk(auth);
    }

    @AfterEach
    void close() {
        auth.close();
    }

    @Test
    void metadataTellsWhatTheServerDoes() throws Exception {
        JsonNode metadata = Web.json(walk.web.get(auth.issuer() + "/.well-known/oauth-authorization-server"));
        assertThat(metadata.path("issuer").asString()).isEqualTo(auth.issuer());
        assertThat(metadata.path("code_challenge_methods_supported").path(0).asString())
                .isEqualTo("S256");
        assertThat(metadata.path("authorization_response_iss_parameter_supported")
                        .asBoolean())
                .isTrue();
        for (String endpoint : List.of("authorization", "token", "registration", "revocation", "introspection")) {
            assertThat(metadata.path(endpoint + "_endpoint").asString()).startsWith(auth.issuer() + "/");
        }
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "http://127.0.0.1:7470/oauth/callback, 201",
        "http://[::1]:7470/oauth/callback,     201",
        "http://localhost/back,                201",
        "https://example.com/back,             201",
        "http://example.com/back,              400",
        "http://127.0.0.1.example.com/back,    400",
        "https://example.com/back#here,        400",
        "http://me@127.0.0.1/back,             400",
        "myapp:/back,                          400",
        "not a uri,                            400",
    })
    void registrationTakesLoopbackAndHttpsOnly(String redirect, int status) throws Exception {
        HttpResponse<String> response = walk.register("{\"redirect_uris\":[\"" + redirect + "\"]}");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(Web.json(response).path("error").asString("none"))
                .isEqualTo(status == 201 ? "none" : "invalid_redirect_uri");
    }

    @ParameterizedTest
    @CsvSource({"{}, invalid_redirect_uri", "nonsense, invalid_client_metadata"})
    void registrationWithoutRedirectsIsRefused(String body, String error) throws Exception {
        assertThat(Web.json(walk.register(body)).path("error").asString()).isEqualTo(error);
    }

    @Test
    void loginGivesTokensThatAreLiveForTheirResourceUntilTheyExpire() throws Exception {
        HttpResponse<String> authorized = walk.authorize(walk.question());
        assertThat(authorized.statusCode()).isEqualTo(302);
        assertThat(authorized.headers().firstValue("Location").orElseThrow()).startsWith(AuthWalk.REDIRECT + "?");
        Map<String, List<String>> callback = AuthWalk.callback(authorized);
        assertThat(callback.get("state")).containsExactly("a state & more");
        assertThat(callback.get("iss")).containsExactly(auth.issuer());

        HttpResponse<String> answered =
                walk.token(walk.exchange(WebRequest.one(callback, "code").orElseThrow()));
        Tokens tokens = Tokens.of(answered);
        assertThat(answered.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(tokens.expiresIn()).isEqualTo(30);
        assertThat(walk.isLive(tokens)).isTrue();
        assertThat(auth.isLive(new Secret(tokens.access()), "http://127.0.0.1:1234/other"))
                .isFalse();
        time.advance(Duration.ofSeconds(30));
        assertThat(walk.isLive(tokens)).isFalse();
    }

    @ParameterizedTest(name = "{0}={1} -> {2}")
    @CsvSource({
        "client_id,             nobody,              page",
        "redirect_uri,          http://127.0.0.1:7470/oauth/callback/, page",
        "response_type,         token,               unsupported_response_type",
        "code_challenge,        '',                  invalid_request",
        "code_challenge,        short,               invalid_request",
        "code_challenge_method, plain,               invalid_request",
        "code_challenge_method, '',                  invalid_request",
        "resource,              '',                  invalid_target",
        "resource,              http://a/mcp#part,   invalid_target",
        "resource,              /mcp,                invalid_target",
    })
    void spoiltAuthorizationRequestIsRefused(String parameter, String value, String expected) throws Exception {
        Map<String, String> question = walk.question();
        question.put(parameter, value);
        HttpResponse<String> response = walk.authorize(question);
        if (expected.equals("page")) { // never redirect to where nobody vouches for
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Location")).isEmpty();
        } else {
            assertThat(AuthWalk.callback(response).get("error")).containsExactly(expected);
            assertThat(AuthWalk.callback(response).get("iss")).containsExactly(auth.issuer());
            assertThat(AuthWalk.callback(response)).containsKey("state").doesNotContainKey("code");
        }
    }

    @ParameterizedTest(name = "{0}={1} -> {2} {3}")
    @CsvSource({
        "grant_type,    password,                    400, unsupported_grant_type",
        "client_id,     nobody,                      401, invalid_client",
        "code,          '',                          400, invalid_request",
        "code,          guessed,                     400, invalid_grant",
        "code_verifier, '',                          400, invalid_request",
        "code_verifier, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 400, invalid_grant",
        "redirect_uri,  '',                          400, invalid_grant",
        "resource,      '',                          400, invalid_target",
        "resource,      http://127.0.0.1:1234/other, 400, invalid_target",
    })
    void spoiltTokenRequestIsRefused(String parameter, String value, int status, String error) throws Exception {
        Map<String, String> form = walk.exchange(walk.code());
        form.put(parameter, value);
        HttpResponse<String> response = walk.token(form);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(Web.json(response).path("error").asString()).isEqualTo(error);
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void parameterThatIsGivenTwiceIsRefused() throws Exception {
        String form = Web.encoded(walk.exchange(walk.code()));
        HttpResponse<String> response = walk.web.post(
                auth.issuer() + "/token",
                form + "&client_id=" + walk.clientId,
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(Web.json(response).path("error").asString()).isEqualTo("invalid_request");
    }

    @Test
    void refreshRotatesAndASecondUseEndsTheGrant() throws Exception {
        Tokens first = walk.login();
        Tokens second = Tokens.of(walk.token(walk.refresh(first.refresh())));
        assertThat(walk.isLive(second)).isTrue();
        HttpResponse<String> again = walk.token(walk.refresh(first.refresh()));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(Web.json(again).path("error").asString()).isEqualTo("invalid_grant");
        assertThat(walk.isLive(second)).isFalse();
        assertThat(auth.counts())
                .isEqualTo(new DemoAuthServer.Counts(
                        1,
                        1,
                        1,
                        List.of(new DemoAuthServer.Redemption(1, 1, 2), new DemoAuthServer.Redemption(1, 2, 0))));
    }

    @Test
    void logTellsWhatHappenedAndNoSecret() throws Exception {
        Tokens first = walk.login();
        Tokens second = Tokens.of(walk.token(walk.refresh(first.refresh())));
        walk.token(walk.refresh(first.refresh()));
        assertThat(log).anyMatch(line -> line.contains("grant 1 is at generation 2"));
        assertThat(log).anyMatch(line -> line.contains("used before"));
        assertThat(String.join("\n", log))
                .doesNotContain(first.access(), first.refresh(), second.access(), second.refresh(), "demo-code-");
    }

    @Test
    void revokedRefreshTokenEndsTheGrantAndUnknownOnesAreNoError() throws Exception {
        Tokens tokens = walk.login();
        assertThat(revoke("unknown", walk.clientId).statusCode()).isEqualTo(200);
        assertThat(revoke(tokens.refresh(), "nobody").statusCode()).isEqualTo(401);
        assertThat(walk.isLive(tokens)).isTrue();
        assertThat(revoke(tokens.refresh(), walk.clientId).statusCode()).isEqualTo(200);
        assertThat(walk.isLive(tokens)).isFalse();
        assertThat(walk.token(walk.refresh(tokens.refresh())).statusCode()).isEqualTo(400);
    }

    @Test
    void introspectionTellsTheTruthToThoseWhoHoldTheKeyOnly() throws Exception {
        Tokens tokens = walk.login();
        assertThat(introspect(tokens.access(), "wrong").statusCode()).isEqualTo(401);
        JsonNode live =
                Web.json(introspect(tokens.access(), auth.introspectionKey().reveal()));
        assertThat(live.path("active").asBoolean()).isTrue();
        assertThat(live.path("aud").asString()).isEqualTo(AuthWalk.RESOURCE);
        assertThat(live.path("exp").asLong())
                .isEqualTo(time.now().wall().plusSeconds(30).getEpochSecond());
        auth.revokeEverything();
        JsonNode dead =
                Web.json(introspect(tokens.access(), auth.introspectionKey().reveal()));
        assertThat(dead).isEqualTo(JsonRpc.object().put("active", false));
    }

    @Test
    void lifetimeCanBeChangedForTokensToCome() throws Exception {
        Tokens before = walk.login();
        auth.accessTokensLive(Duration.ofMinutes(1));
        Tokens after = walk.login();
        assertThat(before.expiresIn()).isEqualTo(30);
        assertThat(after.expiresIn()).isEqualTo(60);
        time.advance(Duration.ofSeconds(30));
        assertThat(walk.isLive(before)).isFalse();
        assertThat(walk.isLive(after)).isTrue();
        assertThatThrownBy(() -> auth.accessTokensLive(Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void lostAnswerIsGivenAgainWhereAGracePeriodIsSet() throws Exception {
        try (DemoAuthServer lenient = DemoAuthServer.start(settings.withReuseGrace(Duration.ofSeconds(20)))) {
            AuthWalk there = new AuthWalk(lenient);
            Tokens tokens = there.login();
            assertThat(there.token(there.refresh(tokens.refresh())).statusCode())
                    .isEqualTo(200);
            assertThat(there.token(there.refresh(tokens.refresh())).statusCode())
                    .isEqualTo(200);
            time.advance(Duration.ofSeconds(20));
            assertThat(there.token(there.refresh(tokens.refresh())).statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void portInUseIsAnError() {
        int port = URI.create(auth.issuer()).getPort();
        DemoAuthServer.Settings same = settings.withPort(port);
        assertThatThrownBy(() -> DemoAuthServer.start(same)).isInstanceOf(BindException.class);
    }

    private HttpResponse<String> revoke(String token, String clientId) throws Exception {
        return walk.web.form(auth.issuer() + "/revoke", Map.of("token", token, "client_id", clientId));
    }

    private HttpResponse<String> introspect(String token, String key) throws Exception {
        return walk.web.form(auth.issuer() + "/introspect", Map.of("token", token), "Authorization", "Bearer " + key);
    }
}
