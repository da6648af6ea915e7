// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The transition table of {@link Live#after}, one test per row. */
class AuthorizationTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    private static final Now NOW = new Now(START.plusSeconds(2800), Duration.ofSeconds(2800));
    private static final RefreshPolicy POLICY = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);
    private static final Grant HELD = Grants.lasting(Duration.ofHours(1), START);
    private static final Live LIVE = Live.fresh(HELD, POLICY.schedule(HELD, new Now(START, Duration.ZERO)));

    private static final List<RefreshOutcome> ONE_OF_EACH = List.of(
            new Refreshed(Grants.renewed(HELD, NOW.wall()), Optional.empty()),
            new Adopted(Grants.renewed(HELD, NOW.wall())),
            new Rejected(HELD.refused(new Refusal("invalid_grant", NOW.wall())), "invalid_grant"),
            new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()),
            new Unanswered("timed out"));

    @Test
    void everyOutcomeHasItsTransitionAndItsStory() {
        Set<Class<?>> permitted =
                Arrays.stream(RefreshOutcome.class.getPermittedSubclasses()).collect(Collectors.toSet());
        assertThat(ONE_OF_EACH.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(permitted);
        for (RefreshOutcome outcome : ONE_OF_EACH) {
            Authorization after = LIVE.after(outcome, false, POLICY, NOW, 0.5);
            RefreshStory story = new RefreshStory("notion", LIVE, Trigger.SCHEDULE, NOW, NOW, outcome);
            story.tell(after, new AuthEvents() {
                @Override
                public void refreshed(RefreshReport report) {
                    assertThat(report.outcome()).isEqualTo(outcome.word());
                }
            });
        }
    }

    @Test
    void newTokensMakeItFreshAndForgetTheTrouble() {
        Live troubled = (Live) LIVE.after(new Unanswered("timed out"), false, POLICY, NOW, 0.5);
        assertThat(troubled.failures()).isEqualTo(1);
        for (RefreshOutcome outcome : ONE_OF_EACH.subList(0, 2)) {
            Live after = (Live) troubled.after(outcome, false, POLICY, NOW, 0.5);
            assertThat(after.generation()).isEqualTo(2);
            assertThat(after.zone(NOW)).isEqualTo(Zone.FRESH);
            assertThat(after.failures()).isZero();
            assertThat(after.trouble()).isEmpty();
            assertThat(after.retryAt()).isEmpty();
        }
    }

    @Test
    void provenNoNeedsALoginSinceThen() {
        assertThat(LIVE.after(ONE_OF_EACH.get(2), false, POLICY, NOW, 0.5))
                .isInstanceOfSatisfying(NeedsLogin.class, needs -> {
                    assertThat(needs.reason()).isEqualTo("invalid_grant");
                    assertThat(needs.since()).isEqualTo(NOW.wall());
                });
    }

    @Test
    void refusalOfATokenThatWeMayHaveSpentEndsTheLoginOnlyWithTheAccessToken() {
        Refusal doubtful = new Refusal("invalid_grant", NOW.wall(), Optional.of(NOW.wall()));
        Rejected rejected = new Rejected(HELD.refused(doubtful), "invalid_grant");
        Live last = (Live) LIVE.after(rejected, false, POLICY, NOW, 0.5);
        assertThat(last.retryAt()).isEqualTo(LIVE.schedule().expiresAt());
        assertThat(nextTry(rejected, last)).as("nothing is tried again").isEmpty();
        assertThat(LIVE.after(rejected, true, POLICY, NOW, 0.5)).isInstanceOf(NeedsLogin.class);
    }

    private static Optional<Instant> nextTry(RefreshOutcome outcome, Authorization after) {
        List<RefreshReport> reports = new ArrayList<>();
        new RefreshStory("notion", LIVE, Trigger.SCHEDULE, NOW, NOW, outcome).tell(after, new AuthEvents() {
            @Override
            public void refreshed(RefreshReport report) {
                reports.add(report);
            }
        });
        return reports.get(0).nextTry();
    }

    @Test
    void transientFailureKeepsTheTokenAndRemembersWhenItBegan() {
        Live once = (Live) LIVE.after(ONE_OF_EACH.get(3), false, POLICY, NOW, 0.5);
        Now later = new Now(NOW.wall().plusSeconds(60), NOW.monotonic().plusSeconds(60));
        Live twice = (Live) once.after(ONE_OF_EACH.get(3), false, POLICY, later, 0.5);
        assertThat(twice.grant()).isEqualTo(HELD);
        assertThat(twice.failures()).isEqualTo(2);
        assertThat(twice.trouble().orElseThrow().since()).isEqualTo(NOW.wall());
        assertThat(twice.isResting(later)).isTrue();
        assertThat(nextTry(ONE_OF_EACH.get(3), once)).isPresent();
    }

    @Test
    void lostAnswerKeepsTheTokenToItsEnd() {
        Live after = (Live) LIVE.after(ONE_OF_EACH.get(4), false, POLICY, NOW, 0.5);
        assertThat(after.retryAt()).isEqualTo(LIVE.schedule().expiresAt());
    }
}
