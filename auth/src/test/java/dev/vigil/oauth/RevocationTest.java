// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.REVOKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Timeline;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.Revocation.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RevocationTest {
    private final Timeline time = new Timeline();
    private final FakeAuthServer server = new FakeAuthServer(time);
    private final Revocation revocation = new Revocation(server);

    @Test
    void revokedGrantIsOverAtTheServer() throws Exception {
        Grant grant = login();
        assertThat(revocation.revoke(grant)).isEqualTo(new Outcome.Revoked());
        assertThat(server.lastForm(REVOKE)).containsEntry("token_type_hint", "refresh_token");
        assertThat(new OAuthRefresher(server, time).refresh(grant)).isInstanceOf(Rejected.class);
    }

    @Test
    void withoutARefreshTokenTheAccessTokenIsRevoked() throws Exception {
        server.givesRefreshTokens(false);
        Grant grant = login();
        assertThat(server.isLive("at-3")).isTrue();
        assertThat(revocation.revoke(grant)).isEqualTo(new Outcome.Revoked());
        assertThat(server.isLive("at-3")).isFalse();
    }

    @Test
    void serverWithoutAnEndpointIsNotAsked() {
        assertThat(revocation.revoke(
                        Grants.lasting(Duration.ofHours(1), time.now().wall())))
                .isEqualTo(new Outcome.NotOffered());
        assertThat(server.asked()).isEmpty();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new Answer.NotConnected("refused"), "refused"),
                Arguments.of(new Answer.NotSent("reset"), "reset"),
                Arguments.of(new Answer.SentWithoutAnswer("timed out"), "timed out"),
                Arguments.of(FakeAuthServer.json(200, Map.of("error", "invalid_token")), "invalid_token"),
                Arguments.of(FakeAuthServer.json(401, Map.of("error", "invalid_client")), "invalid_client"),
                Arguments.of(FakeAuthServer.answer(302, "text/html", ""), "302"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatDidNotWorkIsTold(Answer answer, String words) throws Exception {
        Grant grant = login();
        server.answerOnce(REVOKE, answer);
        assertThat(revocation.revoke(grant))
                .asInstanceOf(type(Outcome.Failed.class))
                .satisfies(failed -> assertThat(failed.reason()).contains(words));
    }

    private Grant login() throws LoginException {
        LoginSetup setup = new LoginSetup(
                server,
                new MemoryVault(time),
                new MemoryClients(),
                new RefreshPolicy("machine", name -> RefreshSettings.DEFAULT),
                time,
                URI.create("http://127.0.0.1:7470/oauth/callback"),
                LossBook.BLANK,
                Elsewhere.NOWHERE,
                counted -> {});
        Login login = Login.begin(Connector.oauth("notion", FakeAuthServer.MCP), Optional.empty(), setup);
        return login.complete(server.approve(login.authorizationUrl()));
    }
}
