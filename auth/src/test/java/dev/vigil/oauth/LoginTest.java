// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.ISSUER;
import static dev.vigil.oauth.FakeAuthServer.MCP;
import static dev.vigil.oauth.FakeAuthServer.REGISTER;
import static dev.vigil.oauth.FakeAuthServer.RESOURCE_METADATA;
import static dev.vigil.oauth.FakeAuthServer.SERVER_METADATA;
import static dev.vigil.oauth.FakeAuthServer.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.TokenSource;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LoginTest extends LoginFixture {

    @Test
    void firstLoginAsksNothingButWhatTheSpecAsksFor() throws Exception {
        login(NOTION);
        assertThat(server.askedFor())
                .containsExactly(
                        "POST " + MCP,
                        "GET " + RESOURCE_METADATA,
                        "GET " + SERVER_METADATA,
                        "POST " + REGISTER,
                        "POST " + TOKEN);
    }

    @Test
    void loginSavesAGrantAndReportsIt() throws Exception {
        server.resourceMetadata().put("scopes_supported", List.of("read", "write"));
        LoginReport report = login(NOTION);
        assertThat(report)
                .isEqualTo(new LoginReport(
                        "notion",
                        ISSUER,
                        Optional.empty(),
                        List.of("read", "write"),
                        Optional.of(Duration.ofHours(1)),
                        true));
        Grant saved = saved();
        assertThat(saved.epoch()).isEqualTo(1);
        assertThat(saved.server()).isEqualTo(MCP);
        assertThat(saved.loggedInAt()).isEqualTo(time.now().wall());
        assertThat(saved.tokens().generation()).isEqualTo(1);
        assertThat(saved.tokens().source()).isEqualTo(TokenSource.LOGIN);
        assertThat(saved.tokens().refreshAt()).isPresent();
        OAuthBinding binding = saved.oauth().orElseThrow();
        assertThat(binding.resource()).isEqualTo(MCP.toString());
        assertThat(binding.tokenEndpoint()).isEqualTo(URI.create(TOKEN));
        assertThat(binding.revocationEndpoint()).contains(URI.create(FakeAuthServer.REVOKE));
        assertThat(binding.client().redirectUri()).isEqualTo(CALLBACK);
    }

    @Test
    void authorizationUrlCarriesPkceStateAndResourceAndNoSecret() throws Exception {
        server.serverMetadata().put("authorization_endpoint", ISSUER + "/authorize?tenant=7");
        Login login = begin(NOTION);
        assertThat(login.authorizationUrl().toString()).startsWith(ISSUER + "/authorize?");
        Map<String, List<String>> query =
                URLUtils.parseParameters(login.authorizationUrl().getRawQuery());
        assertThat(query.keySet())
                .isEqualTo(Set.of(
                        "tenant",
                        "response_type",
                        "client_id",
                        "redirect_uri",
                        "state",
                        "resource",
                        "code_challenge",
                        "code_challenge_method"));
        assertThat(query).containsEntry("state", List.of(login.state()));
        assertThat(begin(NOTION).state()).isNotEqualTo(login.state());
    }

    @Test
    void offlineAccessIsAskedForWithConsent() throws Exception {
        server.resourceMetadata().put("scopes_supported", List.of("read"));
        server.serverMetadata().put("scopes_supported", List.of("read", "offline_access"));
        assertThat(begin(NOTION).authorizationUrl().getRawQuery())
                .contains("scope=read+offline_access")
                .contains("prompt=consent");
    }

    @Test
    void scopesOfTheCallGoBeforeThoseOfTheConnectorAndTheServer() throws Exception {
        server.resourceMetadata().put("scopes_supported", List.of("served"));
        Connector wishful = connector(List.of("configured"), Optional.empty());
        assertThat(begin(wishful).authorizationUrl().getRawQuery()).contains("scope=configured");
        assertThat(Login.begin(wishful, Optional.of(List.of("asked")), setup)
                        .authorizationUrl()
                        .getRawQuery())
                .contains("scope=asked");
    }

    /** Else a step-up would take away what the calls before it needed. */
    @Test
    void scopesOfTheCallAreAskedForBesideThoseThatTheLoginHas() throws Exception {
        server.resourceMetadata().put("scopes_supported", List.of("read", "write"));
        login(NOTION);
        String query = Login.begin(NOTION, Optional.of(List.of("admin", "read")), setup)
                .authorizationUrl()
                .getRawQuery();
        assertThat(query).contains("scope=read+write+admin&");
    }

    @Test
    void secondLoginRisesAboveTheFirstAndReusesTheClient() throws Exception {
        login(NOTION);
        try (var claim = vault.claim("notion", Duration.ZERO)) {
            vault.writeIntent(saved());
        }
        login(NOTION);
        assertThat(saved().epoch()).isEqualTo(2);
        assertThat(saved().tokens().generation()).isEqualTo(2);
        assertThat(vault.intent("notion")).isEmpty();
        assertThat(server.askedFor().stream().filter(line -> line.equals("POST " + REGISTER)))
                .hasSize(1);
    }

    @Test
    void eachLoginIsCountedWithWhatStoodBeforeIt() throws Exception {
        login(NOTION);
        login(NOTION);
        vault.appear(saved().refused(new Refusal("invalid_grant", time.now().wall())));
        login(NOTION);
        try (var claim = vault.claim("notion", Duration.ZERO)) {
            vault.writeIntent(saved());
        }
        time.advance(Duration.ofMinutes(1));
        login(NOTION);

        Instant began = time.now().wall().minusSeconds(60);
        assertThat(counted)
                .containsExactly(
                        new PersonLogin("notion", began, "first", false),
                        new PersonLogin("notion", began, "needless", true),
                        new PersonLogin("notion", began, "invalid_grant", false),
                        new PersonLogin("notion", began.plusSeconds(60), "lost_answer", true));
    }

    @Test
    void loginThatIsNotSavedIsNotCounted() throws Exception {
        vault.diskRefuses(Optional.of("No space left on device"));
        refused(() -> login(NOTION), Kind.STORAGE);
        assertThat(counted).isEmpty();
    }

    @Test
    void grantIsSavedUnderTheClaimBeforeAnyoneHearsOfIt() throws Exception {
        login(NOTION);
        assertThat(vault.journal()).containsExactly("claim notion", "save notion 1", "clear notion", "release notion");
    }

    @Test
    void stateOfAnotherLoginIsRefusedAndNothingIsSent() throws Exception {
        Login login = begin(NOTION);
        URI other = server.approve(begin(NOTION).authorizationUrl());
        int before = server.asked().size();
        refused(() -> login.finish(other), Kind.MISMATCH);
        assertThat(server.asked()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource({
        // promised | iss that comes back      | what happens
        "true,  https://auth.example.com,        saved",
        "true,  '',                              MISMATCH",
        "true,  https://evil.example.com,        MISMATCH",
        "false, https://evil.example.com,        MISMATCH",
        "false, https://auth.example.com/,       MISMATCH",
        "false, '',                              saved",
    })
    void answerOfAnotherIssuerIsRefusedBeforeTheCodeIsSent(boolean promised, String iss, String expected)
            throws Exception {
        server.serverMetadata().put("authorization_response_iss_parameter_supported", promised);
        Login login = begin(NOTION);
        URI approved = server.approve(login.authorizationUrl());
        URI back = iss.isEmpty() ? approved : URI.create(approved + "&iss=" + encoded(iss));
        if (expected.equals("saved")) {
            login.finish(back);
            assertThat(vault.load("notion")).isPresent();
        } else {
            refused(() -> login.finish(back), Kind.valueOf(expected));
            assertThat(server.askedFor()).doesNotContain("POST " + TOKEN);
            assertThat(vault.load("notion")).isEmpty();
        }
    }

    @Test
    void wordsOfAStrangerAreNotShown() throws Exception {
        Login login = begin(NOTION);
        URI evil =
                URI.create("/cb?error=evil_code&error_description=Call+0900&iss=https://evil&state=" + login.state());
        assertThat(refused(() -> login.finish(evil), Kind.MISMATCH)).doesNotContain("evil", "0900");
        URI unknown = URI.create("/cb?error=evil_code&error_description=Call+0900&state=x");
        assertThat(refused(() -> login.finish(unknown), Kind.MISMATCH)).doesNotContain("evil", "0900");
    }

    @ParameterizedTest
    @CsvSource({
        "error=access_denied,                                      REFUSED,       access was denied",
        "error=invalid_scope&error_description=no+such+scope,      REFUSED,       invalid_scope: no such scope",
        "error=server_error,                                       UNREACHABLE,   cannot serve now",
        "error=temporarily_unavailable,                            UNREACHABLE,   cannot serve now",
        "error=x%1b[2J%0a&error_description=y%e2%80%ae,            REFUSED,       (x [2J : y )",
        "nothing=at-all,                                           NOT_SUPPORTED, neither a code nor an error",
        "code=a&code=b,                                            NOT_SUPPORTED, neither a code nor an error",
        "code=+,                                                   NOT_SUPPORTED, neither a code nor an error",
    })
    void refusalAtTheServerIsToldInASentence(String query, Kind kind, String words) throws Exception {
        Login login = begin(NOTION);
        URI back = URI.create(CALLBACK + "?state=" + login.state() + "&" + query.replace("[", "%5b"));
        assertThat(refused(() -> login.finish(back), kind)).contains(words);
        assertThat(server.askedFor()).doesNotContain("POST " + TOKEN);
    }

    static Stream<Arguments> exchangeAnswers() {
        return Stream.of(
                Arguments.of(FakeAuthServer.json(400, Map.of("error", "invalid_grant")), Kind.REFUSED, "invalid_grant"),
                Arguments.of(FakeAuthServer.json(503, Map.of()), Kind.UNREACHABLE, "503"),
                Arguments.of(
                        FakeAuthServer.json(200, Map.of("token_type", "Bearer")), Kind.NOT_SUPPORTED, "without tokens"),
                Arguments.of(
                        FakeAuthServer.json(200, Map.of("access_token", "a", "token_type", "DPoP")),
                        Kind.NOT_SUPPORTED,
                        "DPoP"),
                Arguments.of(new Answer.NotConnected("refused"), Kind.UNREACHABLE, "refused"),
                Arguments.of(new Answer.NotSent("reset"), Kind.UNREACHABLE, "reset"),
                Arguments.of(new Answer.SentWithoutAnswer("timed out"), Kind.UNREACHABLE, "timed out"));
    }

    @ParameterizedTest
    @MethodSource("exchangeAnswers")
    void failedExchangeLeavesTheOldGrantUntouched(Answer answer, Kind kind, String words) throws Exception {
        login(NOTION);
        Grant before = saved();
        Login login = begin(NOTION);
        URI back = server.approve(login.authorizationUrl());
        server.answerOnce(TOKEN, answer);
        assertThat(refused(() -> login.finish(back), kind)).contains(words);
        assertThat(saved()).isEqualTo(before);
    }

    @Test
    void codeIsGoodOnce() throws Exception {
        Login login = begin(NOTION);
        URI back = server.approve(login.authorizationUrl());
        login.finish(back);
        Grant first = saved();
        assertThat(refused(() -> login.finish(back), Kind.REFUSED)).contains("invalid_grant");
        assertThat(saved()).isEqualTo(first);
    }

    @Test
    void diskThatRefusesIsToldAndTheOldGrantStands() throws Exception {
        login(NOTION);
        Grant before = saved();
        Login login = begin(NOTION);
        URI back = server.approve(login.authorizationUrl());
        vault.diskRefuses(Optional.of("no space left on the disk"));
        assertThat(refused(() -> login.finish(back), Kind.STORAGE)).contains("no space left");
        assertThat(saved()).isEqualTo(before);
        assertThat(vault.journal()).endsWith("claim notion", "release notion");
    }

    @Test
    void grantThatCannotBeReadIsToldBeforeThePersonIsBothered() {
        vault.makeUnreadable("notion", "grants/notion.sealed was tampered with");
        assertThat(refused(() -> begin(NOTION), Kind.STORAGE)).contains("tampered");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void serverThatWantsNoLoginIsNotForcedIntoOne() {
        server.withdraw("GET " + RESOURCE_METADATA);
        server.route(
                "POST " + MCP, request -> FakeAuthServer.json(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"));
        assertThat(refused(() -> begin(NOTION), Kind.NO_OAUTH)).contains("it seems to want no login");
        assertThat(server.askedFor()).noneMatch(line -> line.contains("/register"));
    }

    @Test
    void serverOf2025MarchIsLoggedInToAtItsFixedPaths() throws Exception {
        server.withdraw("GET " + RESOURCE_METADATA);
        server.route(
                "POST https://mcp.example.com/register",
                request -> FakeAuthServer.json(201, Map.of("client_id", "old")));
        server.route(
                "POST https://mcp.example.com/token", request -> FakeAuthServer.json(200, Map.of("access_token", "a")));
        Login login = begin(NOTION);
        assertThat(login.authorizationUrl().toString())
                .startsWith("https://mcp.example.com/authorize?")
                .contains("code_challenge_method=S256");
        LoginReport report = login.finish(URI.create("/oauth/callback?code=c&state=" + login.state()));
        assertThat(report)
                .isEqualTo(new LoginReport(
                        "notion", "https://mcp.example.com", Optional.empty(), List.of(), Optional.empty(), false));
    }

    @Test
    void serverThatIsDownIsToldAsSuch() {
        server.answerOnce(MCP.toString(), new Answer.NotConnected("the name does not resolve"));
        assertThat(refused(() -> begin(NOTION), Kind.UNREACHABLE)).contains(MCP.toString(), "does not resolve");
    }

    @Test
    void onlyALocalServerMayLeadToLocalAddresses() throws Exception {
        begin(NOTION);
        assertThat(server.asked()).allMatch(request -> !request.localAllowed());
        Connector local = Connector.oauth("local", URI.create("http://127.0.0.1:9999/mcp"));
        refused(() -> begin(local), Kind.NO_OAUTH);
        assertThat(server.asked().get(server.asked().size() - 1).localAllowed()).isTrue();
    }

    @Test
    void accountIsToldWhereTheServerTellsIt() throws Exception {
        Login login = begin(NOTION);
        String claims = "eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9."; // {"email":"ann@example.com"}
        server.answerOnce(TOKEN, FakeAuthServer.json(200, Map.of("access_token", "a", "id_token", claims)));
        assertThat(login.finish(server.approve(login.authorizationUrl())).account())
                .contains("ann@example.com");
        assertThat(saved().oauth().orElseThrow().account()).contains("ann@example.com");
    }

    @Test
    void loginDoesNotFightWithARefreshUnderWay() throws Exception {
        vault.appear(Grants.lasting(Duration.ofHours(1), time.now().wall()));
        Login login = begin(NOTION);
        URI back = server.approve(login.authorizationUrl());
        vault.busyElsewhere("notion", true);
        assertThat(refused(() -> login.finish(back), Kind.STORAGE)).contains("holds the lock");
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
