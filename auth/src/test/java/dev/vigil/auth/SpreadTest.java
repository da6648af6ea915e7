// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A hundred grants that ten machines obtained in the same second, as after an office has opened: how many knock at the
 * authorization server at once, now and after an outage, and how many would if everybody refreshed at the same point of life.
 */
class SpreadTest {
    private static final int MACHINES = 10;
    private static final int GRANTS_EACH = 10;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final Timeline time = new Timeline();
    private final CallMeter calls = new CallMeter(TEN_SECONDS);
    private CallMeter heard = calls;
    private boolean isDown;

    @Test
    void hourlyTokensOfOneSecondAreRefreshedOverMinutes() {
        start(Duration.ofHours(1));
        time.advance(Duration.ofMinutes(59));
        print("tokens of an hour, first refresh", inStep(Duration.ofHours(1), Duration.ofMinutes(59)));
        assertThat(calls.calls()).isEqualTo(100);
        assertThat(calls.peak()).isLessThanOrEqualTo(10);
        time.advance(Duration.ofHours(23));
        print("tokens of an hour, a whole day", inStep(Duration.ofHours(1), Duration.ofHours(24)));
        assertThat(calls.peak()).as("it does not come together later").isLessThanOrEqualTo(10);
    }

    /** Half a minute is all there is to spread over: a hundred calls in it are 33 in ten seconds, if none clashes. */
    @Test
    void tokensOfFiveMinutesAreSpreadOverAllTheRoomThereIs() {
        Duration life = Duration.ofMinutes(5);
        start(life);
        time.advance(Duration.ofMinutes(4));
        print("tokens of five minutes, first refresh", inStep(life, Duration.ofMinutes(4)));
        assertThat(calls.calls()).isEqualTo(100);
        assertThat(calls.peak()).isLessThanOrEqualTo(50);
        time.advance(Duration.ofHours(3));
        print("tokens of five minutes, three hours", inStep(life, Duration.ofMinutes(184)));
        assertThat(calls.peak()).isLessThanOrEqualTo(50);
    }

    @Test
    void serverThatComesBackIsNotStampeded() {
        start(Duration.ofHours(1));
        isDown = true;
        time.advance(Duration.ofHours(3));
        int during = calls.peak();
        isDown = false;
        CallMeter after = new CallMeter(TEN_SECONDS);
        heard = after;
        time.advance(Duration.ofMinutes(25));
        System.out.println("100 grants on 10 machines after an outage of three hours: at most " + during
                + " calls in any 10 s while it lasted, " + after.peak() + " when the server was back; "
                + calls.calls() + " calls in three hours");
        assertThat(after.calls()).isEqualTo(100);
        assertThat(during).isLessThanOrEqualTo(20);
        assertThat(after.peak()).as("ten machines, each with its own breaker").isLessThanOrEqualTo(60);
    }

    private void start(Duration life) {
        Instant issued = time.now().wall();
        for (int machine = 0; machine < MACHINES; machine++) {
            MemoryVault vault = new MemoryVault(time);
            List<Connector> connectors = new ArrayList<>();
            for (int i = 0; i < GRANTS_EACH; i++) {
                String name = "connector-" + i; // the same names everywhere, as in a company
                Optional<Secret> refreshToken = Optional.of(new Secret("refresh-1"));
                vault.appear(Grants.of(name, 1, 1, issued, Optional.of(life), refreshToken));
                connectors.add(Connector.oauth(name, Grants.SERVER));
            }
            keeper("machine-" + machine, vault).manage(connectors);
        }
    }

    private TokenKeeper keeper(String machine, MemoryVault vault) {
        RefreshPolicy policy = new RefreshPolicy(machine, name -> RefreshSettings.DEFAULT);
        return new TokenKeeper(
                time,
                new Turns(time, GRANTS_EACH, () -> Optional.of(Duration.ofMillis(100))),
                time,
                policy,
                new GrantReader(vault, policy, time, Elsewhere.NOWHERE),
                new DurableRefresher(vault, (held, terms) -> answer(held), policy, IssuerBook.BLANK, time),
                new AuthEvents() {},
                new SplittableRandom(machine.hashCode())::nextDouble);
    }

    private RefreshOutcome answer(Grant held) {
        heard.add("the server", time.now().monotonic());
        return isDown
                ? new Unreachable(FailureCategory.NETWORK, "503", Optional.empty())
                : new Refreshed(Grants.renewed(held, time.now().wall()), Optional.empty());
    }

    /** Jitter off: every grant at three quarters of its life, and so in step for ever. */
    private static int inStep(Duration life, Duration total) {
        Duration rhythm = life.multipliedBy(3).dividedBy(4);
        CallMeter meter = new CallMeter(TEN_SECONDS);
        for (Duration at = rhythm; at.compareTo(total) < 0; at = at.plus(rhythm)) {
            Duration now = at;
            IntStream.range(0, MACHINES * GRANTS_EACH).forEach(any -> meter.add("the server", now));
        }
        return meter.peak();
    }

    private void print(String what, int inStep) {
        System.out.println("100 grants on 10 machines, " + what + ": at most " + calls.peak()
                + " calls in any 10 s; without jitter " + inStep);
        assertThat(inStep).isEqualTo(MACHINES * GRANTS_EACH);
    }
}
