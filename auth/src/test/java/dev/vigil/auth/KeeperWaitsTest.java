// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the keeper does while another machine has the turn at refreshing, and when that machine does not come back. */
class KeeperWaitsTest extends KeeperStage {
    private static final Duration LEASE = Duration.ofMinutes(2);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final Unanswered GONE = Unanswered.elsewhere("laptop has not told what came of it");

    private final List<Instant> looks = new ArrayList<>();
    private final List<Instant> lost = new ArrayList<>();
    private Function<Grant, RefreshOutcome> bucket = held -> GONE;
    private final TokenKeeper keeper = new TokenKeeper(
            time,
            refreshIo::add,
            time,
            policy,
            new GrantReader(vault, policy, time, Elsewhere.NOWHERE),
            (held, terms) -> {
                looks.add(time.now().wall());
                return bucket.apply(held);
            },
            new AuthEvents() {
                @Override
                public void answerLost(String connector, String reason, Optional<Instant> deadline) {
                    lost.add(time.now().wall());
                }
            },
            () -> 0.99);

    KeeperWaitsTest() {
        super(Duration.ofMillis(100));
    }

    @Override
    TokenKeeper keeper() {
        return keeper;
    }

    /** However long the token lives, and also where it ends while the lease still might. */
    @ParameterizedTest
    @ValueSource(ints = {100, 600, 3600})
    void leaseThatDiesIsNoticedAtOnceAndToldOnce(int lifetime) {
        bucket = held -> leasedUntil(looks.get(0).plus(LEASE));
        startWith(Grants.lasting(Duration.ofSeconds(lifetime), time.now().wall()));
        pass(Duration.ofHours(3));
        assertThat(lost).hasSize(1);
        assertThat(Duration.between(looks.get(0).plus(LEASE), lost.get(0)))
                .isBetween(Duration.ZERO, Duration.ofSeconds(1));
    }

    @Test
    void turnOfAThirdMachineInBetweenDoesNotMakeItNews() {
        bucket = held -> looks.size() % 2 == 0 ? leasedUntil(time.now().wall().plus(LOOK_AGAIN)) : GONE;
        startWith(Grants.lasting(HOUR, time.now().wall()));
        pass(Duration.ofHours(2));
        assertThat(looks).hasSizeGreaterThan(4);
        assertThat(lost).hasSize(1);
        assertThat(live().isAnswerLost()).isTrue();
    }

    @Test
    void waitIsNoFailureAndLengthensNoRest() {
        startWith(Grants.lasting(HOUR, time.now().wall()));
        bucket = held -> leasedUntil(looks.get(0).plus(LEASE));
        await(1);
        pass(Duration.ofSeconds(90));
        assertThat(live().failures()).isZero();
        assertThat(live().isWaiting()).isTrue();
        assertThat(live().isUnsaved()).isFalse();
        assertThat(live().trouble().map(Trouble::since)).contains(looks.get(0));

        bucket = held -> Unreachable.noWay("connection refused");
        await(looks.size() + 1);
        Instant failed = looks.get(looks.size() - 1);
        assertThat(live().trouble().map(Trouble::since)).contains(failed);
        assertThat(live().retryAt().orElseThrow().wall()).isBefore(failed.plusSeconds(1));

        bucket = this::renewed;
        await(looks.size() + 1);
        assertThat(generation()).isEqualTo(2);
        assertThat(live().trouble()).isEmpty();
    }

    @Test
    void looksAtWhoseTurnItIsCountAgainstNoBudget() {
        bucket = held -> leasedUntil(looks.get(0).plus(LEASE));
        startWith(Grants.lasting(HOUR, time.now().wall()));
        await(1);
        pass(Duration.ofSeconds(60));
        assertThat(looks).as("a look every five seconds").hasSize(13);
    }

    @Test
    void callsRefusedByTheUpstreamDoNotHurryAWait() {
        bucket =
                held -> looks.size() == 1 ? GONE : leasedUntil(time.now().wall().plus(LOOK_AGAIN));
        startWith(Grants.lasting(HOUR, time.now().wall()));
        await(1);
        for (int call = 0; call < 64; call++) {
            keeper.newerThan("notion", 1);
            runRefreshes();
        }
        assertThat(looks).as("the first 401 ends the token").hasSize(2);
    }

    /** The access token has ended meanwhile, so the back-off has grown to minutes. */
    @Test
    void storeThatAnswersAgainEndsTheRestOfWhatItHeldUp() {
        bucket = held -> new Unreachable(FailureCategory.SYNC, "no answer", Optional.empty(), false);
        startWith(Grants.lasting(Duration.ofMinutes(10), time.now().wall()));
        pass(Duration.ofHours(1));
        int before = looks.size();
        bucket = this::renewed;

        keeper.storeAnswers();
        pass(Duration.ofMillis(100));
        assertThat(looks).hasSize(before + 1);
        assertThat(generation()).isEqualTo(2);
    }

    @Test
    void storeThatAnswersAgainHurriesNothingElse() {
        bucket = held -> looks.size() == 1 ? Unreachable.noWay("connection refused") : GONE;
        startWith(Grants.lasting(HOUR, time.now().wall()));
        await(1);
        keeper.storeAnswers();
        runRefreshes();
        assertThat(looks).as("the network is not the store").hasSize(1);

        await(2);
        keeper.storeAnswers();
        runRefreshes();
        assertThat(looks).as("what another machine has lost rests to its end").hasSize(2);
    }

    private RefreshOutcome leasedUntil(Instant dead) {
        Duration left = Duration.between(time.now().wall(), dead);
        if (left.isNegative() || left.isZero()) {
            return GONE;
        }
        return Unreachable.waiting("laptop is refreshing it", Spans.shorter(left, LOOK_AGAIN));
    }

    private RefreshOutcome renewed(Grant held) {
        Grant next = Grants.renewed(held, time.now().wall());
        vault.appear(next);
        return new Refreshed(next, Optional.empty());
    }

    private void await(int count) {
        for (int tick = 0; tick < 36_000 && looks.size() < count; tick++) {
            pass(Duration.ofMillis(100));
        }
        assertThat(looks).hasSize(count);
    }
}
