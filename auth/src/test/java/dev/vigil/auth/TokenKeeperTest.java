// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TokenKeeperTest extends KeeperStage {
    private final List<Grant> asked = new ArrayList<>();
    private UnaryOperator<Grant> renew =
            grant -> Grants.renewed(grant, time.now().wall());
    private Optional<RefreshOutcome> scripted = Optional.empty();
    private final List<RefreshReport> reports = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Refresher wire = (held, terms) -> {
        asked.add(held);
        return scripted.orElseGet(() -> new Refreshed(renew.apply(held), Optional.empty()));
    };
    private final TokenKeeper keeper = new TokenKeeper(
            time,
            refreshIo::add,
            time,
            policy,
            new GrantReader(vault, policy, time, Elsewhere.NOWHERE),
            new DurableRefresher(vault, wire, policy, IssuerBook.BLANK, time),
            new Listening(),
            () -> 0.5);

    private final class Listening implements AuthEvents {
        @Override
        public void refreshed(RefreshReport report) {
            reports.add(report);
        }

        @Override
        public void authorizationChanged(String connector, Authorization before, Authorization after) {
            told.add(before.word() + " -> " + after.word());
        }

        @Override
        public void saveFailed(SaveTrouble trouble) {
            told.add("not saved: " + trouble.reason());
        }

        @Override
        public void answerLost(String connector, String reason, Optional<java.time.Instant> deadline) {
            told.add("answer lost, good until " + deadline.orElseThrow());
        }
    }

    TokenKeeperTest() {
        super(Duration.ofSeconds(10));
    }

    @Test
    void refreshesAheadOfExpiryAndNotBeforeSeventyPercentOfLife() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        pass(Duration.ofMinutes(41));
        assertThat(asked).isEmpty();
        pass(Duration.ofMinutes(8));
        assertThat(asked).hasSize(1);
        assertThat(generation()).isEqualTo(2);
        assertThat(reports).hasSize(1);
        assertThat(reports.get(0).outcome()).isEqualTo("refreshed");
        assertThat(reports.get(0).trigger()).isEqualTo(Trigger.SCHEDULE);
        assertThat(reports.get(0).nextTry()).isPresent();
    }

    @Test
    void keepsRefreshingForAWholeNight() {
        startWith(Grants.lasting(Duration.ofMinutes(5), time.now().wall()));
        for (int minute = 0; minute < 600; minute++) {
            pass(Duration.ofMinutes(1));
            assertThat(live().zone(time.now())).isLessThan(Zone.WARNING);
        }
        assertThat(asked).hasSizeBetween(180, 220);
    }

    @Test
    void newTokensAreOnDiskBeforeAnybodySeesThem() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.empty();
        renew = grant -> {
            assertThat(vault.intent("notion"))
                    .as("intent before the token leaves")
                    .isPresent();
            return Grants.renewed(grant, time.now().wall());
        };
        CompletableFuture<Long> saved = keeper.newerThan("notion", 1)
                .thenApply(now -> vault.load("notion").orElseThrow().tokens().generation())
                .toCompletableFuture();
        runRefreshes();
        assertThat(saved).isCompletedWithValue(2L);
        assertThat(vault.journal())
                .containsExactly("claim notion", "intent notion 1", "save notion 2", "clear notion", "release notion");
    }

    @Test
    void manyWaitersShareOneRefresh() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        List<CompletableFuture<Authorization>> waiting = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            waiting.add(keeper.newerThan("notion", 1).toCompletableFuture());
        }
        runRefreshes();
        assertThat(asked).hasSize(1);
        assertThat(waiting)
                .allSatisfy(one -> assertThat(((Live) one.join()).generation()).isEqualTo(2));
        assertThat(keeper.newerThan("notion", 1).toCompletableFuture()).isCompleted();
        assertThat(asked).as("the newer token is there already").hasSize(1);
    }

    @Test
    void latecomerWhoSawTheExpiredTokenDoesNotRefreshTheNewOne() {
        startWith(Grants.lasting(Duration.ofSeconds(30), time.now().wall()));
        time.leap(Duration.ofMinutes(5));
        keeper.refreshed("notion");
        pass(Duration.ofSeconds(10));
        assertThat(keeper.refreshed("notion").toCompletableFuture()).isCompleted();
        assertThat(asked).hasSize(1);
    }

    @Test
    void refusedRefreshAsksForALoginAndIsNotRepeated() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.of(rejected());
        pass(Duration.ofHours(3));
        assertThat(asked).hasSize(1);
        assertThat(keeper.look("notion"))
                .isInstanceOfSatisfying(
                        NeedsLogin.class, needs -> assertThat(needs.reason()).isEqualTo("invalid_grant"));
        assertThat(told).endsWith("live -> needs_login");
    }

    @Test
    void refusalSurvivesARestartWithoutAskingAgain() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.of(rejected());
        pass(HOUR);
        keeper.manage(List.of());
        keeper.manage(List.of(NOTION));
        pass(HOUR);
        assertThat(keeper.look("notion")).isInstanceOf(NeedsLogin.class);
        assertThat(asked).hasSize(1);
    }

    @Test
    void outageNeverEndsTheGrantAndIsOverWithTheFirstSuccess() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.of(new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()));
        pass(Duration.ofHours(40));
        assertThat(keeper.look("notion")).isInstanceOf(Live.class);
        int during = asked.size();
        assertThat(during).isBetween(30, 700);
        scripted = Optional.empty();
        pass(Duration.ofMinutes(31));
        assertThat(generation()).isEqualTo(2);
        assertThat(live().failures()).isZero();
    }

    @Test
    void restingAfterAFailureRequestsDoNotHammer() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.of(new Unreachable(FailureCategory.NETWORK, "503", Optional.of(Duration.ofSeconds(20))));
        time.advance(Duration.ofMinutes(61));
        runRefreshes();
        int before = asked.size();
        for (int i = 0; i < 50; i++) {
            assertThat(keeper.refreshed("notion").toCompletableFuture()).isCompleted();
            assertThat(keeper.newerThan("notion", 1).toCompletableFuture()).isCompleted();
        }
        runRefreshes();
        assertThat(asked).hasSize(before);
    }

    @Test
    void refreshesRightAfterALongSleep() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        time.leap(Duration.ofHours(9)); // the monotonic clock stood still
        pass(Duration.ofSeconds(40));
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void refreshOfAnotherProcessIsAdoptedWithoutAskingTheServer() {
        Grant first = Grants.lasting(HOUR, time.now().wall());
        startWith(first);
        time.advance(Duration.ofMinutes(20));
        vault.appear(Grants.renewed(first, time.now().wall()));
        CompletableFuture<Authorization> newer = keeper.newerThan("notion", 1).toCompletableFuture();
        runRefreshes();
        assertThat(((Live) newer.join()).generation()).isEqualTo(2);
        assertThat(asked).isEmpty();
    }

    @Test
    void loginElsewhereIsNoticedWithinAnInstantOfBeingTold() {
        keeper.manage(List.of(NOTION));
        assertThat(keeper.look("notion")).isEqualTo(new LoggedOut(Optional.empty()));
        vault.appear(Grants.lasting(HOUR, time.now().wall()));
        keeper.reread();
        assertThat(keeper.look("notion")).isInstanceOf(Live.class);
        vault.delete("notion");
        pass(Duration.ofSeconds(30));
        assertThat(keeper.look("notion")).as("a logout, at the next tick").isInstanceOf(LoggedOut.class);
    }

    @Test
    void loginDuringARefreshIsNotOverwrittenByItsOutcome() {
        Grant old = Grants.lasting(HOUR, time.now().wall());
        startWith(old);
        keeper.newerThan("notion", 1);
        Grant login = Grants.of("notion", 2, 5, time.now().wall(), Optional.of(HOUR), Optional.of(new Secret("r")));
        scripted = Optional.of(rejected());
        vault.appear(login);
        keeper.reread();
        runRefreshes();
        assertThat(live().grant()).isEqualTo(login);
        assertThat(asked).as("the newer login was found under the lock").isEmpty();
    }

    @Test
    void loginThatLandsBetweenARefreshAndItsSettlingIsNotMissed() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        scripted = Optional.of(new Unreachable(FailureCategory.NETWORK, "down", Optional.empty()));
        Grant login = Grants.of("notion", 2, 2, time.now().wall(), Optional.of(HOUR), Optional.of(new Secret("r")));
        time.execute(
                () -> { // the loop is busy, so the outcome waits while the login lands
                    keeper.newerThan("notion", 1);
                    time.execute(() -> {
                        runRefreshes();
                        vault.appear(login);
                    });
                });
        assertThat(live().grant()).isEqualTo(login);
    }

    @Test
    void damagedFileIsToldAndLeavesWhatIsInMemoryInUse() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        vault.makeUnreadable("notion", "grants/notion.sealed is damaged");
        keeper.reread();
        assertThat(keeper.look("notion")).isInstanceOf(Live.class);
        keeper.manage(List.of());
        keeper.manage(List.of(NOTION));
        assertThat(keeper.look("notion")).isEqualTo(new Unreadable("grants/notion.sealed is damaged"));
    }

    @Test
    void diskThatIsFullBeforehandSpendsNothing() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        vault.diskRefuses(Optional.of("disk full"));
        pass(HOUR);
        assertThat(asked).isEmpty();
        assertThat(reports).isNotEmpty().allSatisfy(report -> {
            assertThat(report.category()).contains(FailureCategory.STORAGE);
            assertThat(report.reason()).contains("disk full");
        });
    }

    @Test
    void tokensThatCannotBeSavedAreServedAndShoutedAbout() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        renew = grant -> {
            vault.diskRefuses(Optional.of("disk full"));
            return Grants.renewed(grant, time.now().wall());
        };
        pass(Duration.ofMinutes(49));
        assertThat(generation()).isEqualTo(2);
        assertThat(told).contains("not saved: disk full");
        vault.diskRefuses(Optional.empty());
        renew = grant -> Grants.renewed(grant, time.now().wall());
        pass(Duration.ofMinutes(49));
        assertThat(generation()).isEqualTo(3);
        assertThat(vault.load("notion").orElseThrow().tokens().generation()).isEqualTo(3);
    }

    @Test
    void thirdRefusalOfAFreshTokenInTenMinutesNeedsAPerson() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        keeper.upstream().refusedThoughFresh("notion");
        time.advance(Duration.ofMinutes(6));
        keeper.upstream().refusedThoughFresh("notion");
        time.advance(Duration.ofMinutes(6));
        keeper.upstream().refusedThoughFresh("notion");
        assertThat(keeper.look("notion")).as("the first is long ago").isInstanceOf(Live.class);
        keeper.upstream().refusedThoughFresh("notion");
        assertThat(keeper.look("notion"))
                .isInstanceOfSatisfying(
                        NeedsLogin.class, needs -> assertThat(needs.reason()).isEqualTo("rejected_though_fresh"));
    }

    @Test
    void tokenOfAnotherOriginDoesNotCountAfterTheUrlWasEdited() {
        vault.appear(Grants.lasting(HOUR, time.now().wall()));
        keeper.manage(List.of(Connector.oauth("notion", URI.create("https://elsewhere.example.org/mcp"))));
        assertThat(keeper.look("notion"))
                .isInstanceOfSatisfying(
                        LoggedOut.class,
                        out -> assertThat(out.note())
                                .hasValueSatisfying(note -> assertThat(note).contains("https://mcp.example.com")));
    }

    @Test
    void connectorWithoutAuthorizationNeedsNone() {
        Connector open = new Connector(
                "open",
                Grants.SERVER,
                GrantKind.NONE,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
        keeper.manage(List.of(open));
        assertThat(keeper.look("open")).isEqualTo(new NotNeeded());
        assertThat(keeper.look("unknown")).isEqualTo(new LoggedOut(Optional.empty()));
    }

    private Rejected rejected() {
        Grant held = vault.load("notion").orElseThrow();
        return new Rejected(held.refused(new Refusal("invalid_grant", time.now().wall())), "invalid_grant");
    }

    @Override
    TokenKeeper keeper() {
        return keeper;
    }
}
