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
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DurableRefresherTest {
    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final RefreshPolicy policy = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);
    private final Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final MemoryIssuers issuers = new MemoryIssuers();
    private int sent;

    @Test
    void orderIsLockIntentSendSaveClearUnlock() {
        vault.appear(held);
        RefreshOutcome outcome = refresher(grant -> {
                    assertThat(vault.journal()).containsExactly("claim notion", "intent notion 1");
                    return new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty());
                })
                .refresh(held);
        assertThat(outcome).isInstanceOf(Refreshed.class);
        assertThat(vault.journal())
                .containsExactly("claim notion", "intent notion 1", "save notion 2", "clear notion", "release notion");
    }

    @Test
    void whatWasSavedTellsWhenItWillBeRefreshed() {
        vault.appear(held);
        refresher(grant -> new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty()))
                .refresh(held);
        assertThat(vault.load("notion").orElseThrow().tokens().refreshAt())
                .hasValueSatisfying(planned -> assertThat(planned)
                        .isBetween(
                                time.now().wall().plusSeconds(2500),
                                time.now().wall().plusSeconds(2900)));
    }

    @Test
    void newerGrantOnDiskIsAdoptedAndNothingIsSent() {
        Grant newer = Grants.renewed(held, time.now().wall());
        vault.appear(newer);
        assertThat(refresher(this::neverSent).refresh(held)).isEqualTo(new Adopted(newer));
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void refusalOnDiskIsNotTriedAgain() {
        vault.appear(held.refused(new Refusal("invalid_grant", time.now().wall())));
        assertThat(refresher(this::neverSent).refresh(held))
                .isInstanceOfSatisfying(
                        Rejected.class, no -> assertThat(no.oauthError()).isEqualTo("invalid_grant"));
    }

    @Test
    void refusalIsSavedWithTheGrant() {
        vault.appear(held);
        Grant refused = held.refused(new Refusal("invalid_grant", time.now().wall()));
        refresher(grant -> new Rejected(refused, "invalid_grant")).refresh(held);
        assertThat(vault.load("notion")).contains(refused);
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void refusalAfterALostAnswerSaysSo() {
        vault.appear(held);
        Instant sent = time.now().wall();
        refresher(grant -> new Unanswered("reset")).refresh(held);
        time.advance(Duration.ofHours(2));
        Refusal no = new Refusal("invalid_grant", time.now().wall());
        RefreshOutcome outcome = refresher(grant -> new Rejected(grant.refused(no), "invalid_grant"))
                .refresh(held);

        Grant told = held.refused(new Refusal("invalid_grant", no.at(), Optional.of(sent)));
        assertThat(outcome).isEqualTo(new Rejected(told, "invalid_grant"));
        assertThat(vault.load("notion")).contains(told);
    }

    @Test
    void grantThatWasLoggedOutMeanwhileIsNotRefreshed() {
        assertThat(refresher(this::neverSent).refresh(held)).isInstanceOf(Unreachable.class);
    }

    @Test
    void diskThatRefusesTheIntentSpendsNothing() {
        vault.appear(held);
        vault.diskRefuses(Optional.of("No space left on device"));
        assertThat(refresher(this::neverSent).refresh(held))
                .isEqualTo(new Unreachable(FailureCategory.STORAGE, "No space left on device", Optional.empty()));
    }

    @Test
    void lockHeldElsewhereSpendsNothing() {
        vault.appear(held);
        vault.busyElsewhere("notion", true);
        assertThat(refresher(this::neverSent).refresh(held))
                .isInstanceOfSatisfying(
                        Unreachable.class, busy -> assertThat(busy.category()).isEqualTo(FailureCategory.STORAGE));
    }

    @Test
    void tokensThatCouldNotBeSavedAreHandedOverAndSavedBeforeTheNextOnesAreAsked() {
        vault.appear(held);
        Refreshed unsaved = (Refreshed) refresher(grant -> {
                    vault.diskRefuses(Optional.of("disk full"));
                    return new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty());
                })
                .refresh(held);
        assertThat(unsaved.unsaved()).contains("disk full");
        assertThat(unsaved.grant().tokens().generation()).isEqualTo(2);
        assertThat(vault.intent("notion"))
                .as("evidence that the stored one is spent")
                .isPresent();

        vault.diskRefuses(Optional.empty());
        refresher(grant -> {
                    assertThat(vault.load("notion").orElseThrow().tokens().generation())
                            .isEqualTo(2);
                    return new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty());
                })
                .refresh(unsaved.grant());
        assertThat(vault.load("notion").orElseThrow().tokens().generation()).isEqualTo(3);
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void onlyALostAnswerLeavesItsIntentBehind() {
        vault.appear(held);
        refresher(grant -> new Unreachable(FailureCategory.NETWORK, "refused", Optional.empty()))
                .refresh(held);
        assertThat(vault.intent("notion")).isEmpty();
        refresher(grant -> new Unanswered("timed out")).refresh(held);
        assertThat(vault.intent("notion"))
                .hasValueSatisfying(intent -> assertThat(intent.generation()).isEqualTo(1));
        assertThat(vault.journal()).endsWith("release notion");
    }

    @Test
    void whatADeadProcessLeftWholeIsAdoptedAndNothingIsSent() {
        vault.appear(held);
        refresher(grant -> new Unanswered("died")).refresh(held);
        Grant whole = Grants.renewed(held, time.now().wall());
        vault.leaveUnfinished(whole);
        assertThat(refresher(this::neverSent).refresh(held)).isEqualTo(new Adopted(whole));
        assertThat(vault.load("notion")).contains(whole);
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void tokenThatTheServerCallsUnspentIsSentAgainAtOnce() {
        vault.appear(held);
        refresher(grant -> new Unanswered("reset")).refresh(held);
        time.advance(Duration.ofMinutes(5));
        assertThat(refresher(this::neverSent).refresh(held)).isInstanceOf(Unanswered.class);
        Refresher telling = new Refresher() {
            @Override
            public RefreshOutcome refresh(Grant grant, Terms terms) {
                return new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty());
            }

            @Override
            public boolean isUnspent(Grant grant) {
                return true;
            }
        };
        assertThat(new DurableRefresher(vault, telling, policy, issuers, time).refresh(held))
                .isInstanceOf(Refreshed.class);
        assertThat(vault.load("notion").orElseThrow().tokens().generation()).isEqualTo(2);
    }

    private DurableRefresher refresher(Function<Grant, RefreshOutcome> server) {
        Refresher counted = (grant, terms) -> {
            sent++;
            return server.apply(grant);
        };
        return new DurableRefresher(vault, counted, policy, issuers, time);
    }

    private RefreshOutcome neverSent(Grant grant) {
        throw new AssertionError("sent " + sent + " times");
    }
}
