// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the keeper does when answers are lost, disks are full, clocks leap and servers are down. */
class KeeperTroublesTest extends KeeperStage {
    private final MemoryIssuers issuers = new MemoryIssuers();
    private final List<Instant> sent = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Function<Grant, RefreshOutcome> server = this::renewed;
    private TokenKeeper keeper = started();

    private final class Listening implements AuthEvents {
        @Override
        public void authorizationChanged(String connector, Authorization before, Authorization after) {
            told.add("now " + after.word());
        }

        @Override
        public void saveFailed(SaveTrouble trouble) {
            told.add("not saved: " + trouble.reason());
        }

        @Override
        public void saved(SaveTrouble trouble) {
            told.add("saved after " + trouble.lasting().toSeconds() + " s and " + trouble.tries() + " tries");
        }

        @Override
        public void tended(String connector) {
            told.add("tended");
        }

        @Override
        public void answerLost(String connector, String reason, Optional<Instant> deadline) {
            told.add("answer lost, good until " + deadline.orElseThrow());
        }

        @Override
        public void loginDue(String connector, Live last) {
            told.add("login due by "
                    + last.schedule().expiresAt().map(Deadline::wall).orElseThrow());
        }
    }

    KeeperTroublesTest() {
        super(Duration.ofMillis(100));
    }

    @Test
    void lostAnswerIsToldOnceAndAskedForAgainWithinTwentySeconds() {
        loseAnAnswer();
        List<Duration> offsets = sent.stream()
                .map(at -> Duration.between(sent.get(0), at))
                .filter(offset -> offset.compareTo(Duration.ofMinutes(1)) < 0)
                .toList();
        assertThat(offsets)
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofMillis(500),
                        Duration.ofMillis(2500),
                        Duration.ofMillis(7500),
                        Duration.ofMillis(17_500));
        assertThat(told.stream().filter(one -> one.startsWith("answer lost")))
                .containsExactly("answer lost, good until 2026-11-21T09:00:00Z");
    }

    @Test
    void lostAnswerIsThenLeftAloneUntilTheAccessTokenEnds() {
        loseAnAnswer();
        int before = sent.size();
        pass(Duration.between(time.now().wall(), Instant.parse("2026-11-21T08:59:59Z")));
        assertThat(sent).hasSize(before);
        assertThat(vault.intent("notion")).as("the evidence stays").isPresent();
        server = this::renewed;
        pass(Duration.ofSeconds(2));
        assertThat(generation()).isEqualTo(2);
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void secondAnswerWinsTheGrantBack() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            server = this::renewed;
            return new Unanswered("reset");
        };
        keeper.newerThan("notion", 1);
        pass(Duration.ofSeconds(1));
        assertThat(generation()).isEqualTo(2);
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void strictServerIsNeverAskedTwiceWhileTheAccessTokenLives() {
        issuers.learnStrict("https://auth.example.com");
        loseAnAnswer();
        assertThat(sent).hasSize(1);
    }

    @Test
    void serverThatTheConnectorCallsStrictIsTreatedSoFromTheFirstTime() {
        RefreshSettings off =
                new RefreshSettings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
        RefreshPolicy told = new RefreshPolicy("laptop", name -> off);
        Grant grant = Grants.lasting(HOUR, time.now().wall());
        vault.appear(grant);
        Refresher losing = (held, terms) -> {
            sent.add(time.now().wall());
            return new Unanswered("reset");
        };
        DurableRefresher refresher = new DurableRefresher(vault, losing, told, issuers, time);
        Unanswered first = (Unanswered) refresher.refresh(grant);
        assertThat(first.resendIn()).isEmpty();
        time.advance(Duration.ofSeconds(1));
        assertThat(refresher.refresh(grant)).isInstanceOf(Unanswered.class);
        assertThat(sent).hasSize(1);
    }

    @Test
    void serverThatEndsTheGrantOverARepeatIsRememberedAsStrict() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            server = this::refused;
            return new Unanswered("reset");
        };
        pass(Duration.ofMinutes(50));
        assertThat(live().isAnswerLost())
                .as("the access token may serve all the same")
                .isTrue();
        assertThat(issuers.isStrict("https://auth.example.com")).isTrue();
        keeper.newerThan("notion", 1);
        runRefreshes();
        assertThat(keeper.look("notion")).as("it does not").isInstanceOf(NeedsLogin.class);
        assertThat(sent).hasSize(2);
    }

    @Test
    void upstreamThatRefusesTheTokenWhileARepeatIsUnderWayEndsTheLogin() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        CompletableFuture<Authorization> caller = new CompletableFuture<>();
        server = held -> {
            server = again -> {
                keeper.newerThan("notion", 1).thenAccept(caller::complete);
                return refused(again);
            };
            return new Unanswered("reset");
        };
        pass(Duration.ofMinutes(50));
        assertThat(caller.join()).isInstanceOf(NeedsLogin.class);
        assertThat(keeper.look("notion")).as("and what was saved says so too").isInstanceOf(NeedsLogin.class);
    }

    @Test
    void lateWordOfAnOlderTokenDoesNotCoverWhatWasSaidOfThisOne() {
        startWith(Grants.renewed(
                Grants.lasting(HOUR, time.now().wall()), time.now().wall()));
        server = held -> {
            server = again -> {
                keeper.newerThan("notion", 1);
                return refused(again);
            };
            return new Unanswered("reset");
        };
        keeper.newerThan("notion", 2);
        pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(2);
        assertThat(keeper.look("notion")).isInstanceOf(NeedsLogin.class);
    }

    @Test
    void accessTokenServesToItsEndWhenARepeatIsRefused() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            server = this::refused;
            return new Unanswered("reset");
        };
        pass(Duration.ofMinutes(59));
        assertThat(live().zone(time.now())).isEqualTo(Zone.EMERGENCY);
        keeper = started();
        keeper.manage(List.of(NOTION));
        assertThat(keeper.look("notion")).as("also after a restart").isInstanceOf(Live.class);
        pass(Duration.ofMinutes(2));
        assertThat(keeper.look("notion")).isInstanceOf(NeedsLogin.class);
        assertThat(sent).as("asked no more").hasSize(2);
    }

    @Test
    void loginThatIsDueIsToldOnceAndAgainAfterARestart() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            server = this::refused;
            return new Unanswered("reset");
        };
        pass(Duration.ofMinutes(50));
        keeper.reread();
        keeper.manage(List.of(NOTION));
        assertThat(told.stream().filter(one -> one.startsWith("login due")))
                .containsExactly("login due by 2026-11-21T09:00:00Z");
        told.clear();
        keeper = started();
        keeper.manage(List.of(NOTION));
        pass(Duration.ofMinutes(9));
        assertThat(told.stream().filter(one -> one.startsWith("login due")))
                .containsExactly("login due by 2026-11-21T09:00:00Z");
    }

    @Test
    void refreshTokenThatMayBeSpentIsTriedBeforeItsServerEndsItForBeingIdle() {
        diedWhileRefreshing(Grants.lasting(Duration.ofDays(90), time.now().wall()));
        keeper.manage(List.of(NOTION));
        time.advance(Duration.ofDays(6));
        runRefreshes();
        assertThat(sent).isEmpty();
        time.advance(Duration.ofDays(2));
        runRefreshes();
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void strictServerIsNotTriedForAnIdleRefreshToken() {
        issuers.learnStrict("https://auth.example.com");
        diedWhileRefreshing(Grants.lasting(Duration.ofDays(90), time.now().wall()));
        keeper.manage(List.of(NOTION));
        time.advance(Duration.ofDays(80));
        runRefreshes();
        assertThat(sent).isEmpty();
    }

    @Test
    void whatADeadProcessSentMayStillBeUnderWay() {
        Grant grant = Grants.lasting(HOUR, time.now().wall());
        time.advance(HOUR.minusSeconds(5));
        diedWhileRefreshing(grant);
        keeper.manage(List.of(NOTION));
        pass(Duration.ofSeconds(35));
        assertThat(sent).isEmpty();
        pass(Duration.ofSeconds(6));
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void ordinaryRefusalTeachesNothingAboutTheServer() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = this::refused;
        keeper.newerThan("notion", 1);
        pass(Duration.ofSeconds(1));
        assertThat(keeper.look("notion")).isInstanceOf(NeedsLogin.class);
        assertThat(issuers.isStrict("https://auth.example.com")).isFalse();
    }

    @Test
    void intentFoundAtStartIsToldAtOnceAndNotSentBeforeTheTokenEnds() {
        Grant grant = Grants.lasting(HOUR, time.now().wall());
        diedWhileRefreshing(grant);
        keeper.manage(List.of(NOTION));
        pass(Duration.ofSeconds(1));
        assertThat(told).contains("answer lost, good until 2026-11-21T09:00:00Z");
        pass(Duration.ofMinutes(59));
        assertThat(sent).isEmpty();
        assertThat(keeper.look("notion")).as("served to its end").isInstanceOf(Live.class);
        pass(Duration.ofMinutes(1));
        assertThat(sent).hasSize(1);
    }

    @Test
    void slowServerIsNotAskedAgainWhileItMayStillBeAtWork() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            time.advance(Duration.ofSeconds(25));
            return new Unanswered("no answer within 25 s");
        };
        keeper.newerThan("notion", 1);
        runRefreshes();
        server = this::renewed;
        keeper.newerThan("notion", 1);
        runRefreshes();
        assertThat(sent)
                .as("the upstream refuses the token, but the first sending may be under way")
                .hasSize(1);
        pass(Duration.ofSeconds(36));
        keeper.newerThan("notion", 1);
        runRefreshes();
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void lostAnswerOfAnEarlierRunIsToldAlsoWhereNobodyAnswersNow() {
        diedWhileRefreshing(Grants.lasting(HOUR, time.now().wall()));
        time.advance(HOUR);
        server = held -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty());
        keeper.manage(List.of(NOTION));
        pass(Duration.ofSeconds(1));
        assertThat(told).contains("answer lost, good until 2026-11-21T09:00:00Z");
    }

    @Test
    void lostAnswerOfAnEarlierRunIsToldAlsoWhereTheServerRefusesAtOnce() {
        diedWhileRefreshing(Grants.lasting(HOUR, time.now().wall()));
        time.advance(HOUR);
        server = this::refused;
        keeper.manage(List.of(NOTION));
        pass(Duration.ofSeconds(1));
        assertThat(told)
                .as("the alarm comes before what follows from it")
                .containsSubsequence("answer lost, good until 2026-11-21T09:00:00Z", "now needs_login");
    }

    @Test
    void clockSetBackAfterALostAnswerDoesNotKeepTheTokenFromBeingTried() {
        issuers.learnStrict("https://auth.example.com");
        loseAnAnswer();
        time.leap(Duration.ofMinutes(-10));
        server = this::renewed;
        pass(Duration.ofMinutes(21));
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void waitingAfterALostAnswerIsNoFailureOfTheServer() {
        diedWhileRefreshing(Grants.lasting(HOUR, time.now().wall()));
        keeper.manage(List.of(NOTION));
        for (int i = 0; i < 10; i++) {
            keeper.reread();
            pass(Duration.ofSeconds(5));
        }
        keeper.newerThan("notion", 1);
        runRefreshes();
        assertThat(generation()).as("no breaker stood in the way").isEqualTo(2);
    }

    @Test
    void intentFoundAtStartIsTriedAsSoonAsTheUpstreamRefusesTheToken() {
        diedWhileRefreshing(Grants.lasting(HOUR, time.now().wall()));
        keeper.manage(List.of(NOTION));
        pass(Duration.ofSeconds(41));
        CompletableFuture<Authorization> newer = keeper.newerThan("notion", 1).toCompletableFuture();
        pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(1);
        assertThat(((Live) newer.join()).generation()).isEqualTo(2);
    }

    @Test
    void intentFoundAtStartIsTriedInTimeWhereTheUpstreamRefusedTheTokenTooEarly() {
        diedWhileRefreshing(Grants.lasting(HOUR, time.now().wall()));
        keeper.manage(List.of(NOTION));
        keeper.newerThan("notion", 1);
        pass(Duration.ofSeconds(39));
        assertThat(sent).as("it may still be under way").isEmpty();
        pass(Duration.ofSeconds(2));
        assertThat(generation()).as("and nobody has asked again").isEqualTo(2);
    }

    @Test
    void intentOfAnEarlierGenerationIsAnOldStory() {
        Grant grant = Grants.lasting(HOUR, time.now().wall());
        diedWhileRefreshing(grant);
        vault.appear(Grants.renewed(grant, time.now().wall()));
        keeper.manage(List.of(NOTION));
        pass(Duration.ofMinutes(50));
        assertThat(told).noneMatch(one -> one.startsWith("answer lost"));
        assertThat(generation()).isEqualTo(3);
    }

    @Test
    void refusalOfATokenThatMayBeSpentAfterItsEndAsksForALogin() {
        loseAnAnswer();
        server = this::refused;
        pass(HOUR);
        assertThat(keeper.look("notion")).isInstanceOf(NeedsLogin.class);
        assertThat(vault.intent("notion")).isEmpty();
        assertThat(issuers.isStrict("https://auth.example.com"))
                .as("a late no says nothing about grace")
                .isFalse();
    }

    @Test
    void unsavedTokensAreSavedAsSoonAsTheDiskTakesThem() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            vault.diskRefuses(Optional.of("disk full"));
            return renewed(held);
        };
        keeper.newerThan("notion", 1);
        pass(Duration.ofSeconds(10));
        assertThat(generation()).isEqualTo(2);
        assertThat(told.stream().filter("not saved: disk full"::equals)).hasSize(1);
        assertThat(live().trouble()).isPresent();
        vault.diskRefuses(Optional.empty());
        pass(Duration.ofSeconds(30));
        assertThat(vault.load("notion").orElseThrow().tokens().generation()).isEqualTo(2);
        assertThat(vault.intent("notion")).isEmpty();
        assertThat(told).contains("saved after 15 s and 4 tries");
        assertThat(live().trouble()).isEmpty();
        assertThat(sent).hasSize(1);
    }

    @Test
    void diskThatStaysFullIsTriedEveryHalfMinuteAndToldEverMoreRarely() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            vault.diskRefuses(Optional.of("disk full"));
            return renewed(held);
        };
        keeper.newerThan("notion", 1);
        pass(Duration.ofMinutes(16));
        assertThat(told.stream().filter("not saved: disk full"::equals)).hasSize(4);
        vault.diskRefuses(Optional.of("read-only"));
        pass(Duration.ofMinutes(1));
        assertThat(told.stream().filter("not saved: read-only"::equals)).hasSize(1);
        vault.diskRefuses(Optional.empty());
        pass(Duration.ofSeconds(31));
        assertThat(told).anyMatch(line -> line.matches("saved after 10[2-5]\\d s and 3[5-9] tries"));
    }

    @Test
    void logoutWinsOverTokensThatWaitToBeSaved() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> {
            vault.diskRefuses(Optional.of("disk full"));
            return renewed(held);
        };
        keeper.newerThan("notion", 1);
        pass(Duration.ofSeconds(2));
        vault.diskRefuses(Optional.empty());
        vault.delete("notion");
        pass(Duration.ofMinutes(1));
        assertThat(vault.load("notion")).isEmpty();
        assertThat(keeper.look("notion")).isInstanceOf(Authorization.LoggedOut.class);
    }

    @Test
    void rejectedThoughFreshSurvivesARestart() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        for (int i = 0; i < 3; i++) {
            keeper.upstream().refusedThoughFresh("notion");
        }
        pass(Duration.ofSeconds(1));
        keeper = started();
        keeper.manage(List.of(NOTION));
        assertThat(keeper.look("notion"))
                .isInstanceOfSatisfying(
                        NeedsLogin.class, needs -> assertThat(needs.reason()).isEqualTo("rejected_though_fresh"));
        assertThat(sent).isEmpty();
    }

    @Test
    void expiredTokenIsTriedOnceAMinuteWhileNobodyCanRenewIt() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        assertThat(mayTry()).as("nothing is wrong").isFalse();
        server = held -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty());
        pass(Duration.ofMinutes(61));
        assertThat(live().zone(time.now())).isEqualTo(Zone.EXPIRED);
        assertThat(mayTry()).isTrue();
        assertThat(mayTry()).as("the second in a minute").isFalse();
        pass(Duration.ofSeconds(61));
        assertThat(mayTry()).isTrue();
        keeper.upstream().expiredAccepted("notion", 1);
        assertThat(mayTry()).as("the upstream took it").isTrue();
        keeper.newerThan("notion", 1);
        assertThat(mayTry()).as("and then no longer").isFalse();
    }

    @Test
    void suspicionRenewsOnceAndIsNoVerdict() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty());
        keeper.upstream().suspect("notion", 1);
        keeper.upstream().suspect("notion", 1);
        runRefreshes();
        assertThat(sent).hasSize(1);
        assertThat(keeper.look("notion")).isInstanceOf(Live.class);
        keeper.upstream().suspect("notion", 7);
        runRefreshes();
        assertThat(sent).as("an answer to a token of the past").hasSize(1);
    }

    @Test
    void refreshAfterASleepWaitsAMomentForTheNetworkAndWhoAsksWaitsWithIt() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        time.leap(Duration.ofHours(8));
        CompletableFuture<Authorization> asked = keeper.refreshed("notion").toCompletableFuture();
        pass(Duration.ofMillis(4900));
        assertThat(sent).isEmpty();
        assertThat(asked).isNotDone();
        pass(Duration.ofMillis(200));
        assertThat(sent).hasSize(1);
        assertThat(((Live) asked.join()).generation()).isEqualTo(2);
    }

    @Test
    void clockSetBackDoesNotPostponeARefresh() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        time.leap(Duration.ofMinutes(-10));
        pass(Duration.ofMinutes(50));
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void grantIssuedInTheFutureIsRenewedAtOnce() {
        startWith(Grants.lasting(HOUR, time.now().wall().plus(Duration.ofHours(3))));
        pass(Duration.ofSeconds(1));
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void connectorWhoseRefreshHangsIsNotTended() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        pass(Duration.ofMinutes(1));
        assertThat(told).contains("tended");
        keeper.newerThan("notion", 1); // and nobody runs it
        told.clear();
        time.advance(Duration.ofMinutes(5));
        assertThat(told).doesNotContain("tended");
    }

    @Test
    void downServerIsAskedEverMoreRarelyAndNeverGivenUp() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty());
        pass(Duration.ofHours(6));
        int night = sent.size();
        assertThat(night).isBetween(20, 150);
        pass(Duration.ofHours(1));
        assertThat(sent.size() - night).isBetween(3, 12);
        server = this::renewed;
        pass(Duration.ofMinutes(11));
        assertThat(generation()).isEqualTo(2);
    }

    private void loseAnAnswer() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        server = held -> new Unanswered("timed out");
        keeper.look("notion");
        pass(Duration.between(
                time.now().wall(), live().schedule().refreshAt().orElseThrow().wall()));
        pass(Duration.ofSeconds(60));
    }

    /** A process that is no more had put its intent on disk. */
    private void diedWhileRefreshing(Grant grant) {
        vault.appear(grant);
        try (TokenVault.Claim claim = vault.claim("notion", HOUR)) {
            vault.writeIntent(grant);
        }
    }

    private TokenKeeper started() {
        Refresher wire = (held, terms) -> {
            sent.add(time.now().wall());
            return server.apply(held);
        };
        return new TokenKeeper(
                time,
                refreshIo::add,
                time,
                policy,
                new GrantReader(vault, policy, time, Elsewhere.NOWHERE),
                new DurableRefresher(vault, wire, policy, issuers, time),
                new Listening(),
                () -> 0.5);
    }

    private RefreshOutcome renewed(Grant held) {
        return new Refreshed(Grants.renewed(held, time.now().wall()), Optional.empty());
    }

    private RefreshOutcome refused(Grant held) {
        return new Rejected(held.refused(new Refusal("invalid_grant", time.now().wall())), "invalid_grant");
    }

    private boolean mayTry() {
        return keeper.upstream().mayTryExpired("notion").toCompletableFuture().join();
    }

    @Override
    TokenKeeper keeper() {
        return keeper;
    }
}
