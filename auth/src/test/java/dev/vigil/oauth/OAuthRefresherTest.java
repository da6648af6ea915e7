// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.TokenSource;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthRefresherTest {
    private final Timeline time = new Timeline();
    private final FakeAuthServer server = new FakeAuthServer(time);
    private final MemoryVault vault = new MemoryVault(time);
    private final OAuthRefresher refresher = new OAuthRefresher(server, time);
    private Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());

    @BeforeEach
    void logIn() throws LoginException {
        held = login("none");
    }

    @Test
    void refreshGivesTheNextGenerationOfTheSameGrant() {
        time.advance(Duration.ofMinutes(50));
        Grant renewed = refreshed(held);
        assertThat(renewed.tokens().generation()).isEqualTo(2);
        assertThat(renewed.epoch()).isEqualTo(held.epoch());
        assertThat(renewed.loggedInAt()).isEqualTo(held.loggedInAt());
        assertThat(renewed.oauth()).isEqualTo(held.oauth());
        assertThat(renewed.tokens().source()).isEqualTo(TokenSource.REFRESH);
        assertThat(renewed.tokens().obtainedAt()).isEqualTo(time.now().wall());
        assertThat(renewed.tokens().lifetime()).contains(Duration.ofHours(1));
        assertThat(renewed.tokens().refreshToken())
                .isPresent()
                .isNotEqualTo(held.tokens().refreshToken());
        assertThat(renewed.supersedes(held)).isTrue();
        assertThat(refreshed(renewed).tokens().generation()).isEqualTo(3);
    }

    @Test
    void resourceIsSentAsItIsSpelledAndScopeIsNot() {
        refreshed(held);
        assertThat(server.lastForm(TOKEN))
                .containsEntry("resource", FakeAuthServer.MCP.toString())
                .containsEntry("client_id", "client-1")
                .doesNotContainKeys("scope", "client_secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "client_secret_basic", "client_secret_post"})
    void clientAuthenticatesAsItWasRegistered(String method) throws LoginException {
        assertThat(refreshed(login(method)).oauth().orElseThrow().client().authMethod())
                .isEqualTo(method);
    }

    @Test
    void oldRefreshTokenLivesOnWhereTheAnswerHasNone() {
        server.rotates(false);
        Grant renewed = refreshed(held);
        assertThat(renewed.tokens().refreshToken()).isEqualTo(held.tokens().refreshToken());
        assertThat(refreshed(renewed).tokens().generation()).isEqualTo(3);
    }

    @Test
    void scopesNarrowWhereTheAnswerTells() {
        server.answerOnce(TOKEN, FakeAuthServer.json(200, Map.of("access_token", "a", "scope", "read")));
        assertThat(refreshed(held).oauth().orElseThrow().scopes()).containsExactly("read");
    }

    @Test
    void spentRefreshTokenIsRefusedForGoodAndTakesTheFamilyWithIt() {
        Grant renewed = refreshed(held);
        assertThat(rejected(held)).isEqualTo("invalid_grant");
        assertThat(rejected(renewed)).isEqualTo("invalid_grant");
    }

    @Test
    void refusalIsWrittenIntoTheGrant() {
        server.revokeEverything();
        assertThat(refresher.refresh(held)).asInstanceOf(type(Rejected.class)).satisfies(no -> {
            assertThat(no.grant().refusal().orElseThrow().oauthError()).isEqualTo("invalid_grant");
            assertThat(no.grant().refusal().orElseThrow().at())
                    .isEqualTo(time.now().wall());
            assertThat(no.grant().tokens()).isEqualTo(held.tokens());
        });
    }

    @Test
    void unknownClientIsAskedAboutTwiceBeforeItIsBelieved() {
        server.forgetClients();
        assertThat(told(refresher.refresh(held))).startsWith("Unreachable AUTH invalid_client");
        assertThat(rejected(held)).isEqualTo("invalid_client");
        assertThat(tokenRequests()).isEqualTo(1 + 2); // the login's, and both of these
    }

    @Test
    void unknownClientThatIsKnownAfterAllIsRefreshed() {
        Answer unknown = FakeAuthServer.json(401, Map.of("error", "invalid_client"));
        server.answerOnce(TOKEN, unknown);
        assertThat(refresher.refresh(held)).isInstanceOf(Unreachable.class);
        assertThat(refreshed(held).tokens().generation()).isEqualTo(2);
    }

    @Test
    void doubtAboutTheClientIsForgottenWhenTheServerSaysSomethingElse() {
        Answer unknown = FakeAuthServer.json(401, Map.of("error", "invalid_client"));
        server.answerOnce(TOKEN, unknown);
        server.answerOnce(TOKEN, FakeAuthServer.answer(503, "text/plain", "restarting"));
        server.answerOnce(TOKEN, unknown);
        for (int i = 0; i < 3; i++) {
            assertThat(refresher.refresh(held)).isInstanceOf(Unreachable.class);
        }
    }

    @Test
    void lostAnswerIsNeverTakenForARefusalOrForNothing() {
        server.loseAnswerOnce(TOKEN);
        assertThat(refresher.refresh(held)).isEqualTo(new Unanswered("connection reset"));
        assertThat(rejected(held)).isEqualTo("invalid_grant"); // it had been spent indeed
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                row(new Answer.NotConnected("no such host"), "Unreachable NETWORK no such host"),
                row(new Answer.NotSent("reset before the request"), "Unreachable NETWORK reset before the request"),
                row(new Answer.SentWithoutAnswer("timed out"), "Unanswered timed out"),
                row(error(400, "invalid_grant"), "Rejected invalid_grant"),
                row(error(200, "invalid_grant"), "Rejected invalid_grant"),
                row(error(400, "unauthorized_client"), "Rejected unauthorized_client"),
                row(error(400, "invalid_request"), "Unreachable AUTH invalid_request"),
                row(error(400, "invalid_scope"), "Unreachable AUTH invalid_scope"),
                row(error(400, "invalid_target"), "Unreachable AUTH invalid_target"),
                row(error(400, "unsupported_grant_type"), "Unreachable AUTH unsupported_grant_type"),
                row(error(503, "invalid_grant"), "Unreachable NETWORK token endpoint: answered 503"),
                row(error(429, "slow_down"), "Unreachable NETWORK token endpoint: answered 429"),
                row(
                        error(400, "temporarily_unavailable"),
                        "Unreachable NETWORK token endpoint: temporarily_unavailable"),
                row(
                        FakeAuthServer.answer(400, "text/html", "<html>"),
                        "Unreachable NETWORK token endpoint: answered 400"),
                row(
                        FakeAuthServer.answer(200, "text/html", "<html>"),
                        "Unreachable NETWORK token endpoint: status 200 without tokens in it, but a page"),
                row(
                        FakeAuthServer.answer(200, "application/json", "{\"access_tok"),
                        "Unanswered token endpoint: status 200 without tokens in it"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyAnswerHasItsOutcome(Answer answer, String expected) {
        server.answerOnce(TOKEN, answer);
        assertThat(told(refresher.refresh(held))).isEqualTo(expected);
        assertThat(tokenRequests()).isEqualTo(2);
    }

    @Test
    void serverMayAskForPatience() {
        server.answerOnce(
                TOKEN, new Answer.Answered(429, List.of(new OAuthTransport.Header("retry-after", "90")), new byte[0]));
        assertThat(refresher.refresh(held))
                .isEqualTo(new Unreachable(
                        FailureCategory.NETWORK, "token endpoint: answered 429", Optional.of(Duration.ofSeconds(90))));
    }

    @Test
    void withoutARefreshTokenNothingIsSent() {
        Grant without =
                Grants.of("notion", 1, 1, time.now().wall(), Optional.of(Duration.ofHours(1)), Optional.empty());
        assertThat(rejected(without)).isEqualTo("no_refresh_token");
        assertThat(tokenRequests()).isEqualTo(1);
    }

    @Test
    void staticKeyThatWasRefusedNeedsAPerson() {
        Grant key = new Grant(
                held.connector(),
                held.server(),
                1,
                held.loggedInAt(),
                Optional.empty(),
                held.tokens(),
                Optional.empty());
        assertThat(rejected(key)).isEqualTo("key_refused");
    }

    @Test
    void refreshTokenThatNoRequestCanCarryIsNotSentAndNotTold() {
        Grant broken = Grants.of(
                "notion", 1, 1, time.now().wall(), Optional.of(Duration.ofHours(1)), Optional.of(new Secret(" ")));
        assertThat(told(refresher.refresh(broken))).startsWith("Unreachable NETWORK the stored login holds something");
    }

    @Test
    void serverTellsAClientWithASecretWhetherTheTokenIsSpent() throws LoginException {
        Grant grant = login("client_secret_basic");
        assertThat(refresher.isUnspent(grant)).isTrue();
        server.loseAnswerOnce(TOKEN);
        assertThat(refresher.refresh(grant)).isInstanceOf(Unanswered.class);
        assertThat(refresher.isUnspent(grant)).isFalse();
    }

    @Test
    void clientWithoutASecretDoesNotAsk() {
        int before = server.asked().size();
        assertThat(refresher.isUnspent(held)).isFalse();
        assertThat(server.asked()).hasSize(before);
    }

    @Test
    void whateverIsNotAClearYesIsNone() throws LoginException {
        Grant grant = login("client_secret_basic");
        List<Answer> answers = List.of(
                FakeAuthServer.json(200, "{\"active\":\"true\"}"),
                FakeAuthServer.json(403, "{\"active\":true}"),
                FakeAuthServer.answer(200, "text/html", "<html>"),
                new Answer.SentWithoutAnswer("reset"));
        for (Answer answer : answers) {
            server.answerOnce(FakeAuthServer.INTROSPECT, answer);
            assertThat(refresher.isUnspent(grant)).as("%s", answer).isFalse();
        }
    }

    private Grant login(String method) throws LoginException {
        server.serverMetadata().put("token_endpoint_auth_methods_supported", List.of(method));
        RefreshPolicy policy = new RefreshPolicy("machine", name -> RefreshSettings.DEFAULT);
        LoginSetup setup = new LoginSetup(
                server,
                vault,
                new MemoryClients(),
                policy,
                time,
                URI.create("http://127.0.0.1:7470/oauth/callback"),
                LossBook.BLANK,
                Elsewhere.NOWHERE,
                counted -> {});
        Login login = Login.begin(Connector.oauth("login-" + method, FakeAuthServer.MCP), Optional.empty(), setup);
        return login.complete(server.approve(login.authorizationUrl()));
    }

    private Grant refreshed(Grant grant) {
        return refresher.refresh(grant) instanceof Refreshed done ? done.grant() : failed();
    }

    private String rejected(Grant grant) {
        return refresher.refresh(grant) instanceof Rejected no ? no.oauthError() : "was not rejected";
    }

    private static Grant failed() {
        throw new AssertionError("not refreshed");
    }

    private long tokenRequests() {
        return server.askedFor().stream()
                .filter(line -> line.equals("POST " + TOKEN))
                .count();
    }

    private static Answer error(int status, String code) {
        return FakeAuthServer.json(status, Map.of("error", code));
    }

    private static Arguments row(Answer answer, String expected) {
        return Arguments.of(answer, expected);
    }

    private static String told(RefreshOutcome outcome) {
        if (outcome instanceof Rejected no) return "Rejected " + no.oauthError();
        if (outcome instanceof Unreachable not) return "Unreachable " + not.category() + " " + not.reason();
        if (outcome instanceof Unanswered none) return "Unanswered " + none.reason();
        return outcome.word();
    }
}
