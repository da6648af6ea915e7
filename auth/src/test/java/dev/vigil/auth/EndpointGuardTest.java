// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointGuardTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Unreachable DOWN = new Unreachable(FailureCategory.NETWORK, "down", Optional.empty());

    private final Timeline time = new Timeline();
    private final EndpointGuard guard = new EndpointGuard();
    private final Grant notion = grant("notion", HOUR);

    @Test
    void grantHasSixRefreshesAMinute() {
        for (int i = 0; i < 6; i++) {
            assertThat(held(notion)).isZero();
            refresh(notion, good(notion));
            time.advance(Duration.ofSeconds(2));
        }
        assertThat(held(notion)).isEqualTo(Duration.ofSeconds(48));
        assertThat(held(grant("other", HOUR))).as("each for itself").isZero();
        time.advance(Duration.ofSeconds(48));
        assertThat(held(notion)).isZero();
    }

    @Test
    void tokensOfTenSecondsGetThreeRefreshesPerLifetime() {
        Grant quick = grant("quick", Duration.ofSeconds(10));
        int refreshed = 0;
        for (int second = 0; second < 60; second++) {
            while (held(quick).isZero()) {
                refresh(quick, good(quick));
                refreshed++;
            }
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(refreshed).isEqualTo(18);
    }

    @Test
    void authorizationServerHasThirtyRefreshesAMinuteOverAllGrants() {
        for (int i = 0; i < 30; i++) {
            assertThat(held(grant("c" + i, HOUR))).isZero();
            refresh(grant("c" + i, HOUR), good(notion));
        }
        assertThat(held(grant("c30", HOUR))).isEqualTo(Duration.ofMinutes(1));
        assertThat(held(grant("quick", Duration.ofSeconds(30))))
                .as("short lives force it")
                .isZero();
    }

    @Test
    void serverThatCannotBeReachedIsTriedEveryHalfMinute() {
        for (int i = 0; i < 20; i++) {
            refresh(notion, Unreachable.noWay("no route to host"));
            assertThat(held(notion)).isLessThanOrEqualTo(Duration.ofSeconds(30));
            time.advance(Duration.ofSeconds(30));
        }
        assertThat(held(notion)).as("it was open all the time").isZero();
        refresh(notion, Unreachable.noWay("no route to host"));
        assertThat(held(notion)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void fifthFailureInARowOpensTheBreakerAndEachFurtherDoublesTheRest() {
        List<Duration> rests = List.of(
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(120),
                Duration.ofSeconds(240),
                Duration.ofSeconds(480),
                Duration.ofSeconds(600),
                Duration.ofSeconds(600));
        for (int i = 0; i < 4; i++) {
            refresh(notion, i % 2 == 0 ? DOWN : new Unanswered("reset"));
            assertThat(held(notion)).isZero();
        }
        for (Duration rest : rests) {
            refresh(notion, DOWN);
            assertThat(held(grant("other", HOUR)))
                    .as("the whole endpoint rests")
                    .isEqualTo(rest);
            time.advance(rest);
            assertThat(held(notion)).isZero();
        }
    }

    @Test
    void onlyOneAsksWhenTheRestIsOver() {
        open();
        time.advance(Duration.ofSeconds(30));
        guard.begun(notion, time.now());
        assertThat(held(grant("other", HOUR))).isPositive();
        guard.ended(notion, good(notion), time.now());
        assertThat(held(grant("other", HOUR))).isZero();
    }

    @Test
    void anAnswerClosesTheBreakerWhateverItSays() {
        for (RefreshOutcome answer : List.of(
                good(notion),
                new Rejected(notion, "invalid_grant"),
                new Unreachable(FailureCategory.AUTH, "invalid_target", Optional.empty()))) {
            open();
            time.advance(Duration.ofMinutes(2));
            refresh(notion, answer);
            refresh(notion, DOWN);
            assertThat(held(grant("other", HOUR))).isZero();
            time.advance(Duration.ofMinutes(2));
            refresh(notion, good(notion));
        }
    }

    @Test
    void whatNeverReachedTheServerSaysNothingOfIt() {
        open();
        time.advance(Duration.ofSeconds(30));
        refresh(notion, new Adopted(notion));
        refresh(notion, new Unreachable(FailureCategory.STORAGE, "disk full", Optional.empty()));
        refresh(notion, Unreachable.waiting("box is refreshing it", Duration.ofSeconds(5)));
        assertThat(held(grant("other", HOUR))).as("the next may ask").isZero();
        refresh(notion, DOWN);
        assertThat(held(grant("other", HOUR))).as("and it is still ill").isEqualTo(Duration.ofMinutes(1));
    }

    private void open() {
        for (int i = 0; i < 5; i++) {
            refresh(notion, DOWN);
        }
        assertThat(held(grant("other", HOUR))).isEqualTo(Duration.ofSeconds(30));
    }

    private void refresh(Grant grant, RefreshOutcome outcome) {
        guard.begun(grant, time.now());
        guard.ended(grant, outcome, time.now());
    }

    private Duration held(Grant grant) {
        return guard.heldBack(grant, time.now());
    }

    private RefreshOutcome good(Grant grant) {
        return new Refreshed(grant, Optional.empty());
    }

    private Grant grant(String connector, Duration life) {
        return Grants.of(connector, 1, 1, time.now().wall(), Optional.of(life), Optional.of(new Secret("refresh")));
    }
}
