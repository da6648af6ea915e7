// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.IssuerBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Refresher.Terms;
import dev.vigil.auth.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The follow-up of a refresh, by hand of time, over the real durable refresher. */
class PatientRefresherTest {
    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final List<Grant> sent = new ArrayList<>();
    private final List<String> alarms = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private Runnable meanwhile = () -> {};

    @BeforeEach
    void almostOver() {
        vault.appear(held);
        time.advance(Duration.ofMinutes(50));
    }

    @Test
    void lostAnswerIsAskedForAgainInTime() {
        RefreshOutcome outcome =
                refresh(grant -> sent.size() < 3 ? new Unanswered("reset") : renewed(grant, Optional.empty()));

        assertThat(outcome).isInstanceOf(Refreshed.class);
        assertThat(sent).hasSize(3);
        assertThat(pauses).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(2));
        assertThat(alarms).isEmpty();
    }

    @Test
    void answerThatStaysLostIsNotAskedForAgainLater() {
        assertThat(refresh(grant -> new Unanswered("reset"))).isInstanceOf(Unanswered.class);
        assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus)).isLessThanOrEqualTo(Duration.ofSeconds(20));
        assertThat(sent).hasSize(pauses.size() + 1);
        assertThat(vault.intent("notion")).isPresent();
    }

    @Test
    void verdictThatCountsWhenRepeatedIsAskedForTwice() {
        Unreachable doubt = new Unreachable(FailureCategory.AUTH, "invalid_client", Optional.of(Duration.ofSeconds(2)));
        assertThat(refresh(grant -> sent.size() < 2 ? doubt : renewed(grant, Optional.empty())))
                .isInstanceOf(Refreshed.class);
        assertThat(pauses).containsExactly(Duration.ofSeconds(2));
    }

    @Test
    void tokensThatTheDiskDidNotTakeAreSavedAsSoonAsItDoes() {
        meanwhile = () -> vault.diskRefuses(pauses.size() < 30 ? Optional.of("disk full") : Optional.empty());
        RefreshOutcome outcome = refresh(this::renewedOnAFullDisk);

        Grant newer = vault.load("notion").orElseThrow();
        assertThat(newer.tokens().generation()).isEqualTo(2);
        assertThat(outcome).isEqualTo(new Refreshed(newer, Optional.empty()));
        assertThat(pauses).hasSize(30);
        assertThat(alarms)
                .containsExactly(
                        "notion: new tokens could not be saved (disk full). Trying on until that works; if this"
                                + " process ends before, the login is lost.");
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void tokensThatHaveEndedAreNotWaitedFor() {
        meanwhile = () -> time.advance(Duration.ofMinutes(10));
        assertThat(refresh(this::renewedOnAFullDisk))
                .isInstanceOfSatisfying(
                        Refreshed.class, done -> assertThat(done.unsaved()).hasValue("disk full"));
        assertThat(pauses).hasSizeBetween(5, 7);
    }

    @Test
    void loginMeanwhileIsTheLastWord() {
        Grant login = Grants.of("notion", 2, 2, time.now().wall(), Optional.of(Duration.ofHours(1)), Optional.empty());
        meanwhile = () -> {
            vault.diskRefuses(Optional.empty());
            vault.appear(login);
        };
        refresh(this::renewedOnAFullDisk);

        assertThat(vault.load("notion")).contains(login);
    }

    @Test
    void everyTryIsOnTheTermsOfTheCaller() {
        List<Terms> heard = new ArrayList<>();
        Refresher inner = (grant, terms) -> {
            heard.add(terms);
            return heard.size() < 2 ? new Unanswered("reset", Optional.of(Duration.ZERO), true) : new Adopted(grant);
        };
        new PatientRefresher(inner, time, alarms::add, this::pause).refresh(held, Terms.NOTHING_TO_LOSE);

        assertThat(heard).containsExactly(Terms.NOTHING_TO_LOSE, Terms.NOTHING_TO_LOSE);
    }

    private RefreshOutcome refresh(Function<Grant, RefreshOutcome> wire) {
        RefreshPolicy policy = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);
        DurableRefresher durable = new DurableRefresher(
                vault,
                (grant, terms) -> {
                    sent.add(grant);
                    return wire.apply(grant);
                },
                policy,
                IssuerBook.BLANK,
                time);
        return new PatientRefresher(durable, time, alarms::add, this::pause).refresh(held);
    }

    private void pause(Duration pause) {
        pauses.add(pause);
        time.advance(pause);
        meanwhile.run();
    }

    private RefreshOutcome renewedOnAFullDisk(Grant grant) {
        vault.diskRefuses(Optional.of("disk full"));
        return renewed(grant, Optional.empty());
    }

    private RefreshOutcome renewed(Grant grant, Optional<String> unsaved) {
        return new Refreshed(Grants.renewed(grant, time.now().wall()), unsaved);
    }
}
