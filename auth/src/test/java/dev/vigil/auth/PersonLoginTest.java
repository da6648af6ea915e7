// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PersonLoginTest {
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

    static Stream<Arguments> table() {
        return Stream.of(
                // before | sent without an answer | reason | avoidable
                row(null, null, "first", false),
                row(KEY, null, "first", false),
                row(elsewhere(LIVE), null, "first", false),
                row(LIVE, null, "by_choice", false),
                row(ASLEEP, null, "by_choice", false),
                row(WITHOUT_REFRESH, null, "by_choice", false),
                row(OVER, null, "no_refresh_token", false),
                row(refused("no_refresh_token", null), null, "no_refresh_token", false),
                row(refused("rejected_though_fresh", null), null, "rejected_though_fresh", false),
                row(refused("invalid_grant", null), null, "invalid_grant", false),
                row(refused("invalid_client", Duration.ofHours(1)), null, "invalid_client", false),
                row(refused("invalid_grant", Duration.ofSeconds(20)), null, "lost_answer", false),
                row(refused("invalid_grant", Duration.ofSeconds(21)), null, "lost_answer", true),
                row(LIVE, intent(1, Duration.ofSeconds(20)), "lost_answer", false),
                row(LIVE, intent(1, Duration.ofSeconds(21)), "lost_answer", true),
                row(LIVE, intent(2, Duration.ofSeconds(21)), "by_choice", false),
                // A refusal is the last word: what the intent tells was told with it.
                row(refused("invalid_grant", null), intent(1, Duration.ofHours(1)), "invalid_grant", false));
    }

    @ParameterizedTest
    @MethodSource("table")
    void reasonIsWhatStoodBefore(Optional<Grant> before, Optional<Intent> intent, String reason, boolean avoidable) {
        assertThat(PersonLogin.over(before, intent, NOTION, AT))
                .isEqualTo(new PersonLogin("notion", AT, reason, avoidable));
    }

    private static Arguments row(@Nullable Grant before, @Nullable Intent intent, String reason, boolean avoidable) {
        return Arguments.of(Optional.ofNullable(before), Optional.ofNullable(intent), reason, avoidable);
    }

    private static Grant refused(String error, @Nullable Duration afterUnanswered) {
        Instant refusedAt = AT.minusSeconds(30);
        return LIVE.refused(new Refusal(
                error, refusedAt, Optional.ofNullable(afterUnanswered).map(refusedAt::minus)));
    }

    private static Intent intent(long generation, Duration ago) {
        return new Intent("notion", generation, "print", AT.minus(ago));
    }

    private static Grant elsewhere(Grant grant) {
        return new Grant(
                grant.connector(),
                URI.create("https://old.example.com/mcp"),
                grant.epoch(),
                grant.loggedInAt(),
                grant.oauth(),
                grant.tokens(),
                grant.refusal());
    }
}
