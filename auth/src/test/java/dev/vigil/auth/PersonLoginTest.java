// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PersonLoginTest {
    private static final String ISSUER = "https://auth.example.com";
    private static final Instant AT = Instant.parse("2026-11-21T08:00:00Z");
    private static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);
    private static final Grant LIVE = Grants.lasting(Duration.ofHours(1), AT.minusSeconds(60));
    private static final Grant ASLEEP = Grants.lasting(Duration.ofHours(1), AT.minus(Duration.ofDays(3)));
    private static final Grant WITHOUT_REFRESH =
            Grants.of("notion", 1, 1, AT.minusSeconds(60), Optional.of(Duration.ofHours(1)), Optional.empty());
    private static final Grant OVER =
            Grants.of("notion", 1, 1, AT.minus(Duration.ofDays(3)), Optional.of(Duration.ofHours(1)), Optional.empty());
    private static final Grant KEY = new Grant(
            "notion",
            Grants.SERVER,
            1,
            AT,
            Optional.empty(),
            LIVE.tokens(),
            Optional.of(new Refusal("key_refused", AT)));

    private static final Grant IDLE = Grants.lasting(Duration.ofHours(1), AT.minus(Duration.ofDays(9)));

    /** What every login below gives, unless the row says otherwise. */
    private static final Grant FRESH = with(Grants.lasting(Duration.ofHours(1), AT), ISSUER, "ann", "read");

    static Stream<Arguments> table() {
        return Stream.of(
                // before | sent without an answer | reason | avoidable
                row(null, null, "first", false),
                row(KEY, null, "first", false),
                row(elsewhere(LIVE), null, "first", false),
                // The server answered the login, so it would have answered a refresh.
                row(LIVE, null, "needless", true),
                row(LIVE, intent(2), "needless", true),
                row(ASLEEP, null, "not_refreshed", true),
                row(IDLE, null, "not_refreshed", true),
                // No refresh gives these.
                row(WITHOUT_REFRESH, null, "by_choice", false),
                row(with(LIVE, "https://other.example.com", null, "read"), null, "by_choice", false),
                row(with(LIVE, ISSUER, "bob", "read"), null, "by_choice", false),
                row(with(ASLEEP, ISSUER, null, "read", "write"), null, "by_choice", false),
                row(with(LIVE, ISSUER, null, "read", "read"), null, "needless", true),
                row(OVER, null, "no_refresh_token", false),
                // What the server has ended, it has ended.
                row(refused(LIVE, "no_refresh_token"), null, "no_refresh_token", false),
                row(refused(LIVE, "rejected_though_fresh"), null, "rejected_though_fresh", false),
                row(refused(LIVE, "invalid_grant"), null, "invalid_grant", false),
                row(refused(LIVE, "invalid_grant"), intent(1), "invalid_grant", false),
                row(refused(ASLEEP, "invalid_grant"), null, "invalid_grant", false),
                row(refused(unansweredBefore(LIVE), "invalid_client"), null, "invalid_client", false),
                // Nobody used it in time.
                row(refused(IDLE, "invalid_grant"), null, "idle", true),
                row(refused(IDLE, "invalid_client"), null, "invalid_client", false),
                row(refused(Grants.ending(ASLEEP, Duration.ofDays(2)), "invalid_grant"), null, "idle", true),
                row(refused(Grants.ending(IDLE, Duration.ofDays(30)), "invalid_grant"), null, "invalid_grant", false),
                row(
                        refused(Grants.ending(LIVE, Duration.ofSeconds(20)), "invalid_grant"),
                        null,
                        "invalid_grant",
                        false));
    }

    @ParameterizedTest
    @MethodSource("table")
    void reasonIsWhatStoodBefore(Optional<Grant> before, Optional<Intent> intent, String reason, boolean avoidable) {
        for (boolean noted : List.of(true, false)) {
            assertThat(login(before, intent, noted)).isEqualTo(new PersonLogin("notion", AT, reason, avoidable));
        }
    }

    static Stream<Arguments> lostAnswers() {
        return Stream.of(
                // before | sent without an answer
                row(unansweredBefore(LIVE), null),
                row(unansweredBefore(IDLE), null),
                row(LIVE, intent(1)),
                row(ASLEEP, intent(1)),
                row(with(LIVE, ISSUER, "bob", "read"), intent(1)));
    }

    /** Seen by the process that had sent it, the network lost it; seen by none, a crash did. */
    @ParameterizedTest
    @MethodSource("lostAnswers")
    void lostAnswerIsOursWhereNobodyLivedToSeeTheLoss(Optional<Grant> before, Optional<Intent> intent) {
        assertThat(login(before, intent, true)).isEqualTo(new PersonLogin("notion", AT, "lost_answer", false));
        assertThat(login(before, intent, false)).isEqualTo(new PersonLogin("notion", AT, "lost_answer", true));
    }

    private static PersonLogin login(Optional<Grant> before, Optional<Intent> intent, boolean lossNoted) {
        return PersonLogin.over(new PersonLogin.Before(before, intent, lossNoted), NOTION, FRESH);
    }

    private static Arguments row(@Nullable Grant before, @Nullable Intent intent, Object... expected) {
        return Arguments.of(
                Stream.concat(Stream.of(Optional.ofNullable(before), Optional.ofNullable(intent)), Stream.of(expected))
                        .toArray());
    }

    private static Grant refused(Grant grant, String error) {
        Instant at = AT.minusSeconds(30);
        return grant.refused(new Refusal(error, at, grant.refusal().flatMap(Refusal::unansweredAt)));
    }

    private static Grant unansweredBefore(Grant grant) {
        return grant.refused(new Refusal("invalid_grant", AT.minusSeconds(30), Optional.of(AT.minusSeconds(40))));
    }

    private static Intent intent(long generation) {
        return new Intent("notion", generation, "print", AT.minusSeconds(40));
    }

    private static Grant with(Grant grant, String issuer, @Nullable String account, String... scopes) {
        OAuthBinding bound = grant.oauth().orElseThrow();
        OAuthBinding other = new OAuthBinding(
                issuer,
                bound.tokenEndpoint(),
                bound.revocationEndpoint(),
                bound.resource(),
                bound.client(),
                Optional.ofNullable(account),
                List.of(scopes),
                bound.introspectionEndpoint());
        return of(grant, grant.server(), other);
    }

    private static Grant elsewhere(Grant grant) {
        return of(
                grant, URI.create("https://old.example.com/mcp"), grant.oauth().orElseThrow());
    }

    private static Grant of(Grant grant, URI server, OAuthBinding binding) {
        return new Grant(
                grant.connector(),
                server,
                grant.epoch(),
                grant.loggedInAt(),
                Optional.of(binding),
                grant.tokens(),
                grant.refusal());
    }
}
