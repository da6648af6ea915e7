// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.sync.SharedStage.Box;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SyncRound.Outcome;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultSyncTest {
    private SharedStage stage;
    private Box laptop;
    private Box cloud;

    @BeforeEach
    void oneMachineIsLoggedIn(@TempDir Path folder) throws IOException {
        stage = new SharedStage(folder);
        laptop = stage.machine("laptop");
        cloud = stage.machine("cloud");
        laptop.with(Grants.lasting(SharedStage.HOUR, laptop.time.now().wall()));
    }

    @Test
    void loginOnOneMachineIsALoginOnTheOther() {
        assertThat(what(laptop.syncs())).containsExactly(What.PUSHED);
        assertThat(what(cloud.syncs())).containsExactly(What.ADOPTED);
        assertThat(cloud.holds().tokens().accessToken())
                .isEqualTo(laptop.holds().tokens().accessToken());
        assertThat(cloud.holds().tokens().source()).isEqualTo(TokenSource.OTHER_MACHINE);
        assertThat(laptop.syncs().shared()).containsExactly("notion");
    }

    @Test
    void tokensThatOneRefreshedAreAdoptedWithoutAskingTheServer() {
        bothAreLoggedIn();
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(what(cloud.syncs())).containsExactly(What.ADOPTED);
        assertThat(cloud.generation()).isEqualTo(2);
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    /** Its tokens could have been redeemed elsewhere long ago. */
    @Test
    void adoptedGrantIsNotRefreshedWithoutTheBucket() {
        bothAreLoggedIn();
        stage.store.down(true);
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        assertThat(stage.redeemed()).isZero();
    }

    /** It was sent while no other machine knew of it; whoever saw it now would send it again. */
    @Test
    void loginWhoseRefreshTokenMayBeSpentIsShownWhenThatIsSettled() {
        try (TokenVault.Claim claim = laptop.vault.claim("notion", Duration.ZERO)) {
            laptop.vault.writeIntent(laptop.holds());
        }
        assertThat(what(laptop.syncs())).isEmpty();
        assertThat(laptop.refreshes()).isInstanceOf(Unanswered.class);
        assertThat(stage.bucket.state("notion")).isEmpty();
        assertThat(stage.redeemed()).isZero();
        try (TokenVault.Claim claim = laptop.vault.claim("notion", Duration.ZERO)) {
            laptop.vault.clearIntent("notion");
        }
        assertThat(what(laptop.syncs())).containsExactly(What.PUSHED);
    }

    /** Else each of the two would renew at once what the other has renewed. */
    @Test
    void tokensOfAMachineWhoseClockIsAheadAreNotFromTheFuture() {
        laptop.time.leap(Duration.ofHours(3));
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        cloud.syncs();
        TokenSet adopted = cloud.holds().tokens();
        assertThat(adopted.generation()).isEqualTo(2);
        assertThat(adopted.obtainedAt()).isEqualTo(cloud.time.now().wall());
        assertThat(adopted.lifetime()).contains(SharedStage.HOUR);
        cloud.time.leap(Duration.ofHours(9));
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        cloud.syncs();
        assertThat(cloud.holds().tokens().obtainedAt())
                .as("what is old stays old")
                .isEqualTo(laptop.holds().tokens().obtainedAt());
    }

    /** It has died after the one and before the other. */
    @Test
    void adoptionThatIsInTheBookAndNotOnTheDiskMakesNothingOnesOwn() {
        bothAreLoggedIn();
        logsInAnew(laptop);
        laptop.syncs();
        cloud.book.shared(laptop.holds());
        stage.store.down(true);
        assertThat(cloud.holds().epoch()).isLessThan(laptop.holds().epoch());
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        assertThat(cloud.book.isShared(cloud.holds())).isTrue();
        assertThat(stage.redeemed()).isZero();
    }

    @Test
    void quietRoundIsOneRequest() {
        bothAreLoggedIn();
        laptop.syncs();
        cloud.syncs();
        int before = stage.store.requests();
        assertThat(cloud.syncs().steps()).isEmpty();
        assertThat(stage.store.requests() - before).isEqualTo(1);
    }

    @Test
    void logoutOnOneMachineIsALogoutOnTheOther() {
        bothAreLoggedIn();
        logsOut(laptop);
        assertThat(what(laptop.syncs())).containsExactly(What.BURIED);
        assertThat(what(cloud.syncs())).containsExactly(What.REMOVED);
        assertThat(cloud.vault.load("notion")).isEmpty();
        assertThat(laptop.syncs().steps()).isEmpty();
        assertThat(cloud.syncs().steps()).isEmpty();
    }

    @Test
    void logoutIsNotForgottenWhileTheBucketIsDown() {
        bothAreLoggedIn();
        logsOut(laptop);
        stage.store.down(true);
        assertThat(laptop.syncs().outcome()).isEqualTo(Outcome.FAILED_RETRIABLE);
        stage.store.down(false);
        laptop.syncs();
        assertThat(what(cloud.syncs())).containsExactly(What.REMOVED);
    }

    @Test
    void loginAfterALogoutElsewhereCounts() {
        bothAreLoggedIn();
        logsOut(laptop);
        laptop.syncs();
        logsInAnew(laptop);
        laptop.syncs();
        assertThat(what(cloud.syncs())).containsExactly(What.ADOPTED);
    }

    /** Cut off, it knew neither of the refreshes before the logout nor of the logout, so that both have one epoch. */
    @Test
    void loginOfAMachineThatHadNotHeardOfTheLogoutIsSharedAndLives() {
        bothAreLoggedIn();
        laptop.refreshes();
        laptop.refreshes();
        logsOut(laptop);
        laptop.syncs();
        logsInAnew(cloud);
        stage.isAnotherGrant();

        assertThat(what(cloud.syncs())).containsExactly(What.PUSHED);
        assertThat(what(laptop.syncs())).containsExactly(What.ADOPTED);
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
        assertThat(laptop.refreshes()).isInstanceOf(Adopted.class);
        assertThat(cloud.story).extracting(SharedStep::what).doesNotContain(What.ROLLED_BACK);
    }

    /** The other way round it is one: whoever brings the logout back hides the login that came to stand over it. */
    @Test
    void logoutThatIsBroughtBackOverSuchALoginIsNoticedAndMended() {
        bothAreLoggedIn();
        laptop.refreshes();
        logsOut(laptop);
        laptop.syncs();
        var before = stage.store.copy();
        logsInAnew(cloud);
        cloud.syncs();
        laptop.syncs();
        stage.store.restore(before);

        assertThat(what(laptop.syncs())).containsExactly(What.ROLLED_BACK, What.PUSHED);
        assertThat(cloud.syncs().shared()).containsExactly("notion");
        assertThat(cloud.holds().epoch()).isEqualTo(2);
    }

    @Test
    void twoLoginsWithOneEpochAreBothKept() {
        cloud.with(Grants.lasting(SharedStage.HOUR, cloud.time.now().wall().plusSeconds(7)));
        laptop.syncs();
        assertThat(what(cloud.syncs())).containsExactly(What.TWO_LOGINS);
        cloud.syncs();
        assertThat(cloud.story).as("told once").hasSize(1);
        assertThat(cloud.holds().loggedInAt()).isNotEqualTo(laptop.holds().loggedInAt());
        assertThat(stage.bucket.state("notion").orElseThrow().value().grant()).contains(laptop.holds());
    }

    @Test
    void bucketThatWasRolledBackIsNoticedAndMended() {
        bothAreLoggedIn();
        var before = stage.store.copy();
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        cloud.syncs();
        stage.store.restore(before);
        assertThat(what(cloud.syncs())).containsExactly(What.ROLLED_BACK, What.PUSHED);
        assertThat(cloud.generation()).isEqualTo(2);
        assertThat(laptop.syncs().steps()).isEmpty();
        assertThat(stage.bucket.state("notion").orElseThrow().value().generation())
                .isEqualTo(2);
    }

    @Test
    void refreshBetweenListingAndLookIsNoRollback() throws IOException {
        BetweenStore store = new BetweenStore(stage.store, any -> {});
        Box phone = stage.machine("phone", stage.seenThrough(store));
        laptop.syncs();
        phone.syncs();
        store.between(key -> {
            if (key.equals(BetweenStore.LISTED)) {
                phone.refreshes();
            }
        });
        phone.syncs();
        assertThat(phone.story).extracting(SharedStep::what).doesNotContain(What.ROLLED_BACK);
        assertThat(phone.generation()).isEqualTo(2);
    }

    /** It has seen that there is something newer, which it does not have. */
    @Test
    void machineThatWasLeftBehindSpendsNothing() {
        bothAreLoggedIn();
        var before = stage.store.copy();
        assertThat(laptop.refreshes()).isInstanceOf(Refreshed.class);
        cloud.book.seen(
                stage.bucket.state("notion").orElseThrow().value(),
                cloud.time.now().wall());
        stage.store.restore(before);
        assertThat(cloud.refreshes())
                .isInstanceOfSatisfying(
                        Unreachable.class,
                        no -> assertThat(no.reason()).contains("which laptop wrote", "vigil login notion"));
        assertThat(cloud.story).last().satisfies(told -> {
            assertThat(told.what()).isEqualTo(What.NO_BUCKET);
            assertThat(told.generation()).isEqualTo(cloud.generation());
            assertThat(told.why().orElseThrow()).endsWith("vigil login notion");
        });
        assertThat(stage.redeemed()).isEqualTo(1);
    }

    /** Its owner, or a rule that expires objects: nobody means harm, and the newest token is on another machine only. */
    @Test
    void whereTheBucketWasEmptiedTheOthersHaveAMinuteToBringTheirsBack() {
        bothAreLoggedIn();
        laptop.refreshes();
        stage.store.restore(Map.of());
        for (int tries = 0; tries < 3; tries++) {
            assertThat(cloud.refreshes())
                    .isInstanceOfSatisfying(
                            Unreachable.class,
                            no -> assertThat(no.reason()).contains("the bucket has lost what it showed before"));
            stage.pass(Duration.ofSeconds(10));
        }
        laptop.syncs();
        assertThat(cloud.refreshes()).isInstanceOf(Adopted.class);
        assertThat(cloud.generation()).isEqualTo(2);
        assertThat(stage.hasEnded()).isFalse();
    }

    @Test
    void afterThatMinuteWhatIsHeldHereIsTheNewest() {
        bothAreLoggedIn();
        stage.store.restore(Map.of());
        cloud.syncs();
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Push.REST);
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void logoutThatWasRolledBackStays() {
        bothAreLoggedIn();
        var before = stage.store.copy();
        logsOut(laptop);
        laptop.syncs();
        cloud.syncs();
        stage.store.restore(before);
        assertThat(what(cloud.syncs())).containsExactly(What.ROLLED_BACK);
        assertThat(cloud.vault.load("notion")).isEmpty();
    }

    @Test
    void grantWithoutAConnectorIsListed() {
        laptop.syncs();
        SyncRound round = cloud.syncs(Connector.oauth("linear", URI.create("https://mcp.linear.example/mcp")));
        assertThat(round.foreign()).singleElement().satisfies(one -> {
            assertThat(one.connector()).isEqualTo("notion");
            assertThat(one.server()).isEqualTo(Grants.SERVER);
            assertThat(one.writer()).isEqualTo("laptop");
        });
        assertThat(cloud.vault.connectors()).isEmpty();
    }

    @Test
    void grantOfAnotherServerIsNotTakenOver() {
        laptop.syncs();
        SyncRound round = cloud.syncs(Connector.oauth("notion", URI.create("https://elsewhere.example/mcp")));
        assertThat(what(round)).containsExactly(What.NOT_ADOPTED);
        assertThat(cloud.vault.load("notion")).isEmpty();
    }

    @Test
    void loginIsNotTakenForAKey() {
        laptop.syncs();
        SyncRound round = cloud.syncs(new Connector(
                "notion",
                Grants.SERVER,
                GrantKind.HEADER,
                Optional.of("X-Key"),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT));
        assertThat(what(round)).containsExactly(What.NOT_ADOPTED);
        assertThat(cloud.vault.load("notion")).isEmpty();
    }

    @Test
    void objectOfOneConnectorIsNothingInThePlaceOfAnother() {
        laptop.with(Grants.of("linear", 1, 1, laptop.time.now().wall(), Optional.empty(), Optional.empty()));
        Connector notion = Connector.oauth("notion", Grants.SERVER);
        Connector linear = Connector.oauth("linear", Grants.SERVER);
        laptop.syncs(notion, linear);
        stage.store.plant(
                stage.bucket.place("notion"),
                stage.store.get(stage.bucket.place("linear")).orElseThrow().content());
        assertThat(what(cloud.syncs(notion, linear))).containsExactly(What.NO_BUCKET, What.ADOPTED);
        assertThat(cloud.vault.connectors()).containsExactly("linear");
    }

    @Test
    void whatStaysIsToldOnceAndWhatComesBackAgain() {
        bothAreLoggedIn();
        String place = stage.bucket.place("notion");
        byte[] right = stage.store.get(place).orElseThrow().content();
        for (int time = 1; time <= 2; time++) {
            stage.store.plant(place, new byte[] {1, 2, 3});
            cloud.syncs();
            cloud.syncs();
            assertThat(cloud.story)
                    .filteredOn(step -> step.what() == What.NO_BUCKET)
                    .hasSize(time);
            stage.store.plant(place, right);
            cloud.syncs();
        }
    }

    @Test
    void spoiltStateIsWrittenAnewAndCostsNoLogin() {
        bothAreLoggedIn();
        laptop.refreshes();
        stage.store.plant(stage.bucket.place("notion"), new byte[] {1, 2, 3});
        assertThat(what(cloud.syncs())).containsExactly(What.NO_BUCKET, What.PUSHED);
        assertThat(cloud.refreshes()).as("the laptop may hold a newer one").isInstanceOf(Unreachable.class);

        assertThat(what(laptop.syncs())).containsExactly(What.ROLLED_BACK, What.PUSHED);
        assertThat(cloud.refreshes()).isInstanceOf(Adopted.class);
        assertThat(stage.hasEnded()).isFalse();
    }

    /** It has seen that there is something newer, and does not have it. */
    @Test
    void spoiltStateIsNotWrittenAnewByWhoWasLeftBehind() {
        bothAreLoggedIn();
        laptop.refreshes();
        cloud.book.seen(
                stage.bucket.state("notion").orElseThrow().value(),
                cloud.time.now().wall());
        stage.store.plant(stage.bucket.place("notion"), new byte[] {1, 2, 3});
        assertThat(what(cloud.syncs())).containsExactly(What.NO_BUCKET);
        assertThat(what(laptop.syncs())).containsExactly(What.NO_BUCKET, What.PUSHED);
        assertThat(what(cloud.syncs())).containsExactly(What.ADOPTED);
    }

    @Test
    void spoiltLeaseIsAnybodysWhenItHasStoodForLong() {
        bothAreLoggedIn();
        stage.store.plant(stage.bucket.place("notion").replace("grants/", "leases/"), new byte[] {1, 2, 3});
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofSeconds(119));
        assertThat(cloud.refreshes()).isInstanceOf(Unreachable.class);
        stage.pass(Duration.ofSeconds(2));
        assertThat(cloud.refreshes()).isInstanceOf(Refreshed.class);
    }

    @Test
    void garbageSpoilsNothingElse() {
        laptop.syncs();
        stage.store.plant("grants/00000000000000000000000000000000", "garbage".getBytes(StandardCharsets.UTF_8));
        SyncRound round = cloud.syncs();
        assertThat(what(round)).containsExactly(What.ADOPTED);
        assertThat(round.unreadable()).isEqualTo(1);
    }

    @Test
    void bucketThatDoesNotAnswerFailsTheRoundAndNothingElse() {
        stage.store.down(true);
        SyncRound round = laptop.syncs();
        assertThat(round.outcome()).isEqualTo(Outcome.FAILED_RETRIABLE);
        assertThat(round.reason()).contains("the bucket does not answer");
        assertThat(laptop.holds().tokens().generation()).isEqualTo(1);
    }

    private void bothAreLoggedIn() {
        laptop.syncs();
        cloud.syncs();
        assertThat(cloud.generation()).isEqualTo(1);
    }

    private static void logsOut(Box box) {
        box.book.loggedOut("notion", box.holds().epoch());
        box.vault.delete("notion");
    }

    private static void logsInAnew(Box box) {
        Instant now = box.time.now().wall();
        long epoch = box.book.highestEpoch("notion") + 1;
        box.with(Grants.of("notion", epoch, 1, now, Optional.of(Duration.ofHours(1)), Optional.of(new Secret("r"))));
    }

    private static List<What> what(SyncRound round) {
        assertThat(round.outcome()).as(String.valueOf(round.reason())).isEqualTo(Outcome.ATTEMPTED);
        return round.steps().stream().map(SharedStep::what).toList();
    }
}
