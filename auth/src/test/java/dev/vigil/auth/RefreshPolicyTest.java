// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshPolicyTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    private static final Now NOW = new Now(START, Duration.ofHours(5));
    private static final RefreshPolicy POLICY = policy(RefreshSettings.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        // lifetime, earliest and latest normal lead, warning lead, emergency lead
        "PT10S,    PT4S,   PT6S,   PT3.333S, PT1.666S",
        "PT30S,    PT12S,  PT18S,  PT10S,    PT5S",
        "PT1M,     PT24S,  PT36S,  PT20S,    PT10S",
        "PT2M,     PT48S,  PT1M,   PT40S,    PT20S",
        "PT5M,     PT2M,   PT2M30S, PT1M40S, PT50S",
        "PT1H,     PT12M,  PT18M,  PT10M,    PT3M45S",
        // a week of idleness is the limit, give or take a tenth
        "PT2160H,  PT1975H12M, PT2008H48M, PT216H, PT3M45S",
    })
    void zonesBeginWhereTheTableSays(
            Duration life, Duration least, Duration most, Duration warning, Duration emergency) {
        for (int generation = 1; generation <= 200; generation++) {
            Schedule schedule = POLICY.schedule(grant(life, generation), NOW);
            Duration normal = lead(schedule.refreshAt(), life);
            assertThat(normal).isBetween(least.minusMillis(2), most.plusMillis(2));
            assertThat(lead(schedule.warningAt(), life).minus(warning).abs()).isLessThan(Duration.ofMillis(2));
            assertThat(lead(schedule.emergencyAt(), life).minus(emergency).abs())
                    .isLessThan(Duration.ofMillis(2));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT10S", "PT59S", "PT61S", "PT4M59S", "PT5M1S", "PT20M", "PT24H", "PT8760H"})
    void zonesAreInOrderForEveryLifetime(Duration life) {
        Schedule schedule = POLICY.schedule(grant(life, 1), NOW);
        assertThat(schedule.zone(NOW)).isEqualTo(Zone.FRESH);
        assertThat(wall(schedule.refreshAt())).isAfter(START).isBeforeOrEqualTo(wall(schedule.warningAt()));
        assertThat(wall(schedule.warningAt())).isBeforeOrEqualTo(wall(schedule.emergencyAt()));
        assertThat(wall(schedule.emergencyAt())).isBefore(wall(schedule.expiresAt()));
    }

    @ParameterizedTest
    @CsvSource({"PT0S,FRESH", "PT48M1S,NORMAL", "PT50M,WARNING", "PT56M15S,EMERGENCY", "PT1H,EXPIRED", "PT9H,EXPIRED"})
    void zoneFollowsTheClock(Duration elapsed, Zone zone) {
        Schedule schedule = POLICY.schedule(grant(Duration.ofHours(1), 1), NOW);
        assertThat(schedule.zone(later(elapsed))).isEqualTo(zone);
        assertThat(schedule.zone(new Now(START.plus(elapsed), NOW.monotonic())))
                .as("the wall clock alone")
                .isEqualTo(zone);
        assertThat(schedule.zone(
                        new Now(START.minusSeconds(900), NOW.monotonic().plus(elapsed))))
                .as("the monotonic clock alone, the wall clock set back")
                .isEqualTo(zone);
    }

    @Test
    void refreshIsSpreadBetweenMachinesAndGenerationsButNotBetweenLooks() {
        Grant grant = grant(Duration.ofHours(1), 7);
        Schedule here = POLICY.schedule(grant, NOW);
        assertThat(POLICY.schedule(grant, NOW)).isEqualTo(here);
        assertThat(new RefreshPolicy("other", name -> RefreshSettings.DEFAULT)
                        .schedule(grant, NOW)
                        .refreshAt())
                .isNotEqualTo(here.refreshAt());
        assertThat(POLICY.schedule(grant(Duration.ofHours(1), 8), NOW).refreshAt())
                .isNotEqualTo(here.refreshAt());
    }

    @Test
    void keyWithoutLifetimeIsFreshUntilSomebodySaysOtherwise() {
        Grant endless = Grants.of("notion", 1, 1, START, Optional.empty(), Optional.empty());
        assertThat(POLICY.schedule(endless, NOW).zone(later(Duration.ofDays(400))))
                .isEqualTo(Zone.FRESH);
        assertThat(POLICY.next(live(endless), NOW)).isInstanceOf(Step.Rest.class);
    }

    @Test
    void tokenWithoutRefreshTokenIsFreshToItsEndAndThenExpired() {
        Grant once = Grants.of("notion", 1, 1, START, Optional.of(Duration.ofHours(1)), Optional.empty());
        Schedule schedule = POLICY.schedule(once, NOW);
        assertThat(schedule.zone(later(Duration.ofMinutes(59)))).isEqualTo(Zone.FRESH);
        assertThat(schedule.zone(later(Duration.ofMinutes(60)))).isEqualTo(Zone.EXPIRED);
    }

    @ParameterizedTest
    @CsvSource({
        // skew, warning, emergency as set; lead of refresh, warning, emergency as used; lifetime 1 h
        "PT25M, PT15M, PT5M,  PT25M, PT15M, PT5M",
        "PT5M,  PT15M, PT5M,  PT15M, PT15M, PT5M",
        "PT2H,  PT15M, PT5M,  PT54M, PT15M, PT5M",
        "PT25M, PT50M, PT5M,  PT25M, PT20M, PT5M",
        "PT25M, PT15M, PT30M, PT25M, PT15M, PT10M",
    })
    void settingsOfAConnectorGoFirstButCannotBreakTheOrder(
            Duration skew,
            Duration warning,
            Duration emergency,
            Duration normalUsed,
            Duration warnUsed,
            Duration emUsed) {
        RefreshSettings settings = new RefreshSettings(Optional.of(skew), Optional.of(warning), Optional.of(emergency));
        Duration life = Duration.ofHours(1);
        Schedule schedule = policy(settings).schedule(grant(life, 1), NOW);
        assertThat(lead(schedule.refreshAt(), life)).isEqualTo(normalUsed);
        assertThat(lead(schedule.warningAt(), life)).isEqualTo(warnUsed);
        assertThat(lead(schedule.emergencyAt(), life)).isEqualTo(emUsed);
    }

    @ParameterizedTest
    @CsvSource({
        // failures so far, time since the token was obtained, random, rest; lifetime 1 h
        "0,   PT0S,   0.5,  PT0.5S",
        "3,   PT0S,   0.5,  PT4S",
        "20,  PT0S,   0.5,  PT1M",
        "2000000000, PT0S, 0.999, PT1M59.88S",
        "20,  PT51M,  0.5,  PT15S",
        "20,  PT57M,  0.5,  PT5S",
        "20,  PT2H,   0.5,  PT5M",
        "20,  PT26H,  0.5,  PT15M",
        "0,   PT0S,   0.0,  PT0.25S",
    })
    void restAfterAFailureGrowsUpToACapOfItsZone(int failures, Duration elapsed, double random, Duration rest) {
        Grant grant = grant(Duration.ofHours(1), 1);
        Live failing = new Live(
                grant,
                POLICY.schedule(grant, NOW),
                failures,
                Optional.of(new Trouble(FailureCategory.NETWORK, "down", START)),
                Optional.empty());
        Now now = later(elapsed);
        assertThat(POLICY.retryAt(failing, Optional.empty(), now, random)).isEqualTo(Deadline.in(rest, now));
    }

    @ParameterizedTest
    @CsvSource({"PT30S,PT30S", "PT3H,PT1H", "PT0S,PT0.5S"})
    void serverMayAskForPatienceUpToAnHour(Duration asked, Duration rest) {
        assertThat(POLICY.retryAt(live(grant(Duration.ofHours(1), 1)), Optional.of(asked), NOW, 0.5))
                .isEqualTo(Deadline.in(rest, NOW));
    }

    @Test
    void lostAnswerIsNotAskedAgainWhileTheAccessTokenLives() {
        Live live = live(grant(Duration.ofHours(1), 1));
        Deadline retry = POLICY.retryAfterLostAnswer(live, Optional.empty(), later(Duration.ofMinutes(45)), 0.5);
        assertThat(retry).isEqualTo(live.schedule().expiresAt().orElseThrow());
        Now after = later(Duration.ofMinutes(61));
        assertThat(POLICY.retryAfterLostAnswer(live, Optional.empty(), after, 0.5))
                .isEqualTo(Deadline.in(Duration.ofMillis(500), after));
    }

    @ParameterizedTest
    @CsvSource({
        // what the refresh token is known to live, earliest and latest use; nothing is known of the access token
        ",       PT151H12M, PT184H48M",
        "PT720H, PT151H12M, PT184H48M",
        "PT48H,  PT21H36M, PT26H24M",
        "PT30M,  PT13M30S, PT16M30S",
        "PT1S,   PT1M,     PT1M",
    })
    void refreshTokenIsNotLeftIdleForLong(@Nullable Duration known, Duration least, Duration most) {
        for (int generation = 1; generation <= 100; generation++) {
            Grant grant =
                    Grants.of("notion", 1, generation, START, Optional.empty(), Optional.of(new Secret("refresh")));
            Schedule schedule = POLICY.schedule(known == null ? grant : Grants.ending(grant, known), NOW);
            assertThat(Duration.between(START, wall(schedule.refreshAt()))).isBetween(least, most);
            assertThat(schedule.expiresAt()).isEmpty();
        }
    }

    @Test
    void refreshTokenThatEndsBeforeTheAccessTokenIsUsedInTime() {
        Grant grant = Grants.ending(grant(Duration.ofHours(8), 1), Duration.ofHours(1));
        assertThat(wall(POLICY.schedule(grant, NOW).refreshAt())).isBefore(START.plusSeconds(2000));
    }

    @Test
    void grantFromTheFutureIsRefreshedNowAndEndsNoLaterThanItsLifetimeFromNow() {
        Now yesterday = new Now(START.minus(Duration.ofHours(24)), NOW.monotonic());
        Schedule schedule = POLICY.schedule(grant(Duration.ofHours(1), 1), yesterday);
        assertThat(schedule.zone(yesterday)).isEqualTo(Zone.NORMAL);
        assertThat(wall(schedule.expiresAt())).isEqualTo(yesterday.wall().plus(Duration.ofHours(1)));
    }

    @Test
    void clockThatWasSetBackALittleChangesNothing() {
        Now before = new Now(START.minusSeconds(200), NOW.monotonic());
        assertThat(POLICY.schedule(grant(Duration.ofHours(1), 1), before).zone(before))
                .isEqualTo(Zone.FRESH);
    }

    @ParameterizedTest
    @CsvSource({
        "PT10M, PT5M, 'refresh.skew is 600 s, which does not fit tokens that live 300 s: 270 s is used'",
        "PT10M, PT1H,",
        "PT4M,  PT1H, 'refresh.skew is 240 s, which does not fit tokens that live 3600 s: 600 s is used'",
    })
    void wishThatDoesNotFitTheLifetimeSeenIsTold(Duration skew, Duration life, String told) {
        RefreshSettings settings = new RefreshSettings(Optional.of(skew), Optional.empty(), Optional.empty());
        assertThat(policy(settings).misfit(grant(life, 1))).isEqualTo(Optional.ofNullable(told));
    }

    @Test
    void connectorWithoutWishesNeverMisfits() {
        assertThat(POLICY.misfit(grant(Duration.ofSeconds(10), 1))).isEmpty();
    }

    private static RefreshPolicy policy(RefreshSettings settings) {
        return new RefreshPolicy("laptop", name -> settings);
    }

    private static Grant grant(Duration life, long generation) {
        return Grants.of("notion", 1, generation, START, Optional.of(life), Optional.of(new Secret("refresh")));
    }

    private static Live live(Grant grant) {
        return Live.fresh(grant, POLICY.schedule(grant, NOW));
    }

    private static Now later(Duration elapsed) {
        return new Now(START.plus(elapsed), NOW.monotonic().plus(elapsed));
    }

    private static Duration lead(Optional<Deadline> deadline, Duration life) {
        return Duration.between(wall(deadline), START.plus(life));
    }

    private static Instant wall(Optional<Deadline> deadline) {
        return deadline.orElseThrow().wall();
    }
}
