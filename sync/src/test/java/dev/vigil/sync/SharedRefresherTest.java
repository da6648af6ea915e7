// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static dev.vigil.sync.SharedStage.HOUR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher.Terms;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.SharedStage.Box;
import dev.vigil.sync.SharedStage.Died;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SharedVault.Found;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedRefresherTest {
    private SharedStage stage;
    private Box laptop;
    private Box cloud;

    @BeforeEach
    void twoMachinesHoldTheSameGrant(@TempDir Path folder) throws IOException {
        stage = new SharedStage(folder);
        laptop = stage.machine("laptop");
        cloud = stage.machine("cloud");
        Grant grant = Grants.lasting(HOUR, laptop.time.now().wall());
        laptop.with(grant);
        cloud.with(grant);
        stage.pass(Duration.ofMinutes(50));
    }

    @Test
    void oneRefreshesAndTheOtherAdopts() {
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(cloud.refreshes()).isEqualTo(new Adopted(cloud.holds()));
        assertThat(cloud.holds().tokens().accessToken())
                .isEqualTo(laptop.holds().tokens().accessToken());
        assertThat(cloud.generation()).isEqualTo(2);
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    @Test
    void turnsGoRoundForADay() {
        for (int hour = 0; hour < 24; hour++) {
            Box first = hour % 2 == 0 ? laptop : cloud;
            Box second = hour % 2 == 0 ? cloud : laptop;
            assertThat(first.refreshes()).isInstanceOf(Refreshed.class);
            assertThat(second.refreshes()).isInstanceOf(Adopted.class);
            stage.pass(Duration.ofMinutes(50));
        }
        assertThat(stage.redeemed()).isEqualTo(24);
        assertThat(stage.hasEnded()).isFalse();
    }

    @Test
    void whoeverComesWhileAnotherRefreshesWaits() {
        List<RefreshOutcome> meanwhile = new ArrayList<>();
        laptop.afterActing = () -> {
            meanwhile.add(cloud.refreshes());
            assertThat(cloud.refreshes()).isEqualTo(meanwhile.get(0));
        };
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(cloud.story).as("told once").extracting(SharedStep::what).containsExactly(What.WAITED);
        assertThat(meanwhile).containsExactly(Unreachable.waiting("laptop is refreshing it", Duration.ofSeconds(5)));
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    @Test
    void turnThatIsWrittenOverWhileItIsOursIsTold() {
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.pass(Duration.ofMinutes(50));
        Map<String, Stored> then = stage.store.copy();
        assertThat(laptop.story).extracting(SharedStep::what).doesNotContain(What.ROLLED_BACK);
        laptop.afterActing = () -> stage.store.restore(then);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(laptop.story)
                .filteredOn(step -> step.what() == What.ROLLED_BACK)
                .extracting(step -> step.why().orElse(""))
                .containsExactly("somebody wrote over the turn of this machine while it was refreshing");
    }

    @Test
    void intentOfAMachineThatDiedIsNeverRedeemedByAnother() {
        laptop.afterActing = SharedRefresherTest::die;
        assertThatThrownBy(laptop::refreshes).isInstanceOf(Died.class);
        for (int minute = 0; minute < 60; minute++) {
            RefreshOutcome outcome = cloud.refreshes(Terms.NOTHING_TO_LOSE);
            if (minute > 2) {
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Unanswered.class,
                                told -> assertThat(told.reason())
                                        .contains("laptop began to refresh it at 2026-11-21T08:50:00Z"));
            }
            stage.pass(Duration.ofMinutes(1));
        }
        assertThat(stage.redeemed()).isEqualTo(1);
        assertThat(stage.hasEnded()).isFalse();
    }

    @Test
    void personMayLetAnotherMachineTry() {
        laptop.beforeSending = SharedRefresherTest::die;
        assertThatThrownBy(laptop::refreshes).isInstanceOf(Died.class);
        cloud.refreshes();
        stage.pass(Duration.ofMinutes(5));
        assertThat(cloud.refreshes()).isInstanceOf(Unanswered.class);
        assertThat(cloud.takesOver()).isInstanceOf(Refreshed.class);
        assertThat(cloud.story).extracting(SharedStep::what).contains(What.LEFT_TO_OTHER, What.TAKEN_OVER);
        laptop.beforeSending = () -> {};
        assertThat(laptop.refreshes()).as("it wakes up").isInstanceOf(Adopted.class);
        assertThat(stage.hasEnded()).isFalse();
    }

    @Test
    void takeOverDoesNotReachIntoALeaseThatLives() {
        laptop.afterActing = () -> assertThat(cloud.takesOver()).isInstanceOf(Unreachable.class);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    /** Two people, or one on two machines, before the bucket was there. */
    @Test
    void loginsWithOneEpochLiveSideBySide() {
        Grant own = Grants.lasting(HOUR, cloud.time.now().wall());
        cloud.with(own);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.isAnotherGrant();
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(stage.bucket.state("notion").orElseThrow().value().grant()).contains(laptop.holds());
    }

    @Test
    void bookThatCannotBeReadIsWrittenAnew() throws IOException {
        Files.writeString(cloud.bookFile("notion"), "{ this is not JSON");
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(laptop.refreshes()).isInstanceOf(Adopted.class);
        stage.store.down(true);
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    @Test
    void objectThatWasTamperedWithIsTroubleWithTheBucketAndNotWithTheDisk() {
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.store.plant(stage.bucket.place("notion"), new byte[] {1, 2, 3});
        assertThat(laptop.refreshes())
                .isInstanceOfSatisfying(
                        Unreachable.class, told -> assertThat(told.category()).isEqualTo(FailureCategory.SYNC));
        assertThat(stage.bucket.lease("notion").orElseThrow().value().holder())
                .as("the turn was given back")
                .isEmpty();
    }

    @Test
    void machineThatWakesUpWithTheNewTokensGoesOn() {
        laptop.afterActing = () -> stage.store.down(true);
        assertThat(laptop.refreshes()).as("served all the same").isInstanceOf(Refreshed.class);
        stage.store.down(false);
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofMinutes(5));
        assertThat(cloud.refreshes()).isInstanceOf(Unanswered.class);
        laptop.afterActing = () -> {};
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(cloud.refreshes()).isEqualTo(new Adopted(cloud.holds()));
        assertThat(cloud.holds().tokens().accessToken())
                .isEqualTo(laptop.holds().tokens().accessToken());
        assertThat(cloud.generation()).isEqualTo(3);
    }

    @Test
    void tokensThatOthersHaveNotSeenArePushedBeforeTheNextAreAskedFor() {
        laptop.afterActing = () -> stage.store.down(true);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.store.down(false);
        laptop.beforeSending = () -> laptop.time.advance(Duration.ofMinutes(5));
        assertThat(laptop.refreshes()).as("nothing is sent this time").isInstanceOf(Unreachable.class);
        assertThat(cloud.refreshes()).isEqualTo(new Adopted(cloud.holds()));
        assertThat(cloud.holds().tokens().accessToken())
                .isEqualTo(laptop.holds().tokens().accessToken());
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    @Test
    void leaseOfADeadMachineIsTakenOverWhenItHasStoodUnchangedForLongEnough() {
        stage.bucket.put("notion", Lease.heldBy(laptop.self, Optional.empty()), Optional.empty());
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Lease.TTL.plusSeconds(29));
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofSeconds(1));
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void clockOfOneMachineSaysNothingAboutTheLeaseOfAnother() {
        stage.bucket.put("notion", Lease.heldBy(laptop.self, Optional.empty()), Optional.empty());
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        cloud.time.leap(Duration.ofDays(1));
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        assertThat(stage.redeemed()).isZero();
    }

    @Test
    void leaseThatIsWrittenAnewIsAlive() {
        var first = stage.bucket.put("notion", Lease.heldBy(laptop.self, Optional.empty()), Optional.empty());
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofMinutes(1));
        stage.bucket.put("notion", Lease.heldBy(laptop.self, Optional.empty()), first);
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofMinutes(1));
        assertThat(cloud.refreshes()).as("seen for one minute only").isInstanceOf(Unreachable.class);
    }

    @Test
    void nothingIsSentWhenTheMachineSleptBetweenLeaseAndRequest() {
        for (Runnable sleep : List.<Runnable>of(
                () -> laptop.time.advance(Duration.ofSeconds(61)),
                () -> laptop.time.leap(Duration.ofHours(8)),
                () -> laptop.time.leap(Duration.ofMinutes(-12)))) {
            laptop.beforeSending = sleep;
            assertThat(laptop.refreshes()).isInstanceOf(Unreachable.class);
        }
        assertThat(stage.redeemed()).isZero();
        laptop.beforeSending = () -> laptop.time.advance(Duration.ofSeconds(59));
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void sharedRotatingTokenIsNotRedeemedWithoutTheBucket() {
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.pass(Duration.ofMinutes(50));
        stage.store.down(true);
        assertThat(laptop.refreshes(Terms.NOTHING_TO_LOSE))
                .isEqualTo(
                        new Unreachable(FailureCategory.SYNC, "the bucket does not answer", Optional.empty(), false));
        stage.store.down(false);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void grantThatWasNeverSharedIsRefreshedAlone() {
        stage.store.down(true);
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
    }

    /** The lease was not brought back with it, and tells that the token of this state was sent. */
    @Test
    void stateThatWasBroughtBackIsNotTakenForUnspent() {
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(cloud.refreshes()).isInstanceOf(Adopted.class);
        byte[] older =
                stage.store.get(stage.bucket.place("notion")).orElseThrow().content();
        stage.pass(Duration.ofMinutes(50));
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        stage.store.plant(stage.bucket.place("notion"), older);

        assertThat(cloud.refreshes(Terms.NOTHING_TO_LOSE)).isInstanceOf(Unanswered.class);
        assertThat(stage.redeemed()).isEqualTo(2);
        laptop.syncs();
        assertThat(cloud.refreshes()).isInstanceOf(Adopted.class);
        assertThat(cloud.generation()).isEqualTo(3);
        assertThat(stage.hasEnded()).isFalse();
    }

    @Test
    void nothingSentLeavesNoIntent() {
        laptop.beforeSending = () -> laptop.time.advance(Duration.ofSeconds(61));
        assertThat(laptop.refreshes()).isInstanceOf(Unreachable.class);
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void writeWhoseAnswerWasLostCountsWhenItStands() {
        stage.store.loseNextAnswer();
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(cloud.refreshes()).isInstanceOf(Adopted.class);
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    @Test
    void logoutElsewhereEndsTheGrantHere() {
        laptop.refreshes();
        SharedState standing = stage.bucket.state("notion").orElseThrow().value();
        SharedState gone = standing.loggedOut(1, laptop.self, laptop.time.now().wall());
        stage.bucket.put(gone, stage.bucket.state("notion").map(Found::version));
        assertThat(cloud.refreshes())
                .isInstanceOfSatisfying(
                        Unreachable.class, told -> assertThat(told.reason()).isEqualTo("logged out on laptop"));
        assertThat(cloud.vault.load("notion")).isEmpty();
    }

    /** A logout stands there that this login had not heard of: it is no newer, though its generation is higher. */
    @Test
    void loginIsInTheBucketBeforeItsTokenIsSentAlsoWhereALogoutOfTheSameEpochStands() {
        laptop.refreshes();
        laptop.refreshes();
        Found<SharedState> standing = stage.bucket.state("notion").orElseThrow();
        SharedState gone =
                standing.value().loggedOut(1, laptop.self, laptop.time.now().wall());
        stage.bucket.put(gone, Optional.of(standing.version()));
        cloud.with(Grants.lasting(HOUR, cloud.time.now().wall()).inEpoch(2));
        stage.isAnotherGrant();
        List<Optional<Grant>> there = new ArrayList<>();
        cloud.beforeSending = () ->
                there.add(stage.bucket.state("notion").orElseThrow().value().grant());
        Grant held = cloud.holds();

        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(there).containsExactly(Optional.of(held));
    }

    @Test
    void loginOfAnotherServerIsNotTakenOver() {
        Grant other = Grants.of("notion", 2, 9, laptop.time.now().wall(), Optional.of(HOUR), Optional.empty());
        Grant elsewhere = new Grant(
                "notion",
                java.net.URI.create("https://evil.example.com/mcp"),
                2,
                other.loggedInAt(),
                other.oauth(),
                other.tokens(),
                Optional.empty());
        stage.bucket.put(
                SharedState.of(elsewhere, laptop.self, laptop.time.now().wall()), Optional.empty());
        assertThat(cloud.refreshes())
                .isInstanceOfSatisfying(
                        Unreachable.class, told -> assertThat(told.reason()).contains("another server"));
        assertThat(cloud.generation()).isEqualTo(1);
        assertThat(stage.redeemed()).isZero();
    }

    @Test
    void bucketHoldsNothingThatCanBeRead() {
        laptop.refreshes();
        stage.store.copy().forEach((name, stored) -> {
            String content = new String(stored.content(), java.nio.charset.StandardCharsets.ISO_8859_1);
            for (String word : List.of("notion", "access", "refresh-", "laptop", "example.com", "client-1", "read")) {
                assertThat(name + content).doesNotContain(word);
            }
        });
        assertThat(stage.store.copy()).hasSize(3);
    }

    private static void die() {
        throw new Died();
    }
}
