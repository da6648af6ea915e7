// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NotedLossesTest {
    private static final Grant HELD = Grants.lasting(Duration.ofHours(1), Instant.parse("2026-11-21T08:00:00Z"));

    private final List<Grant> noted = new ArrayList<>();

    @Test
    void onlyALostAnswerIsNotedAndEveryOutcomePasses() {
        Unanswered lost = new Unanswered("connection reset");
        for (RefreshOutcome outcome : List.of(
                new Refreshed(HELD, Optional.empty()),
                new Adopted(HELD),
                new Rejected(HELD, "invalid_grant"),
                new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()),
                lost)) {
            assertThat(noted).isEmpty();
            assertThat(new NotedLosses((held, terms) -> outcome, book()).refresh(HELD))
                    .isEqualTo(outcome);
        }
        assertThat(noted).containsExactly(HELD);
    }

    @Test
    void whatTheServerKnowsOfATokenPasses() {
        for (boolean unspent : List.of(true, false)) {
            Refresher inner = new Refresher() {
                @Override
                public RefreshOutcome refresh(Grant held, Terms terms) {
                    throw new AssertionError("only asked about");
                }

                @Override
                public boolean isUnspent(Grant held) {
                    return unspent && held.equals(HELD);
                }
            };
            assertThat(new NotedLosses(inner, book()).isUnspent(HELD)).isEqualTo(unspent);
        }
    }

    private LossBook book() {
        return new LossBook() {
            @Override
            public void note(Grant sent) {
                noted.add(sent);
            }

            @Override
            public boolean isNoted(Grant grant) {
                return noted.contains(grant);
            }
        };
    }
}
