// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Thirty days in the life of twenty grants, through a storm of faults, in seconds: the real keeper, refreshers and OAuth
 * code, with everything outside simulated. What is promised stands in {@link Judge}.
 */
class ThirtyDaysTest {
    private static final int DAYS = 30;
    private static final int GRANTS = 20;
    private static final Duration HOUR = Duration.ofHours(1);
    /** All others live an hour. */
    private static final Map<Integer, Duration> LIFETIMES =
            Map.of(4, Duration.ofMinutes(5), 9, Duration.ofMinutes(5), 6, Duration.ofHours(8), 12, Duration.ofDays(90));

    @Test
    void grantsOutliveThirtyDaysOfStorm() {
        SimulatedWorld world = live(1, DAYS, any -> {});
        Judge judge = world.judge;
        System.out.println(DAYS + " days, " + GRANTS + " grants, " + summary(world));
        assertThat(judge.problems()).isEmpty();
        // A regression shows here before it breaks a promise.
        assertThat(judge.perGrant().calls()).as("token calls").isBetween(25_000, 34_000);
        assertThat(judge.perGrant().peak()).as("of one grant in a minute").isLessThanOrEqualTo(6);
        assertThat(judge.perIssuer().peak()).as("to one server in a minute").isLessThanOrEqualTo(20);
        assertThat(judge.figures().longestAfterOutage).isLessThan(Duration.ofMinutes(12));
        assertThat(judge.figures().served).isGreaterThan(10 * judge.figures().skipped);
    }

    @Test
    void sameSeedTellsTheSameStory() {
        String once = summary(live(7, 3, any -> {}));
        assertThat(summary(live(7, 3, any -> {}))).isEqualTo(once);
        assertThat(summary(live(8, 3, any -> {}))).isNotEqualTo(once);
    }

    @Test
    void vaultThatLosesASaveIsFoundOut() {
        assertThat(broken(world -> world.disk.loseEvery(25)))
                .containsAnyOf(Judge.Kind.GRANT_LOST, Judge.Kind.NOT_TOLD_IN_TIME);
    }

    @Test
    void vaultThatForgetsIntentsIsFoundOut() {
        assertThat(broken(world -> world.disk.forgetIntents())).contains(Judge.Kind.NOT_TOLD_IN_TIME);
    }

    @Test
    void refreshThatNeverBeginsIsFoundOut() {
        assertThat(broken(world -> world.refreshIo().forgetEvery(200))).contains(Judge.Kind.TURNED_AWAY);
    }

    /** {@code mvn -Pstorm test -pl auth}; {@code -Dstorm.first} and {@code -Dstorm.seeds} choose others. */
    @Test
    @Tag("storm")
    void grantsOutliveAThousandStorms() {
        long first = Long.getLong("storm.first", 1);
        long seeds = Long.getLong("storm.seeds", 1000);
        List<String> problems = LongStream.range(first, first + seeds)
                .parallel()
                .mapToObj(seed -> live(seed, DAYS, any -> {}))
                .peek(world -> System.out.println(summary(world)))
                .flatMap(world -> world.judge.problems().stream())
                .toList();
        assertThat(problems.size() + " broken promises\n"
                        + String.join("\n", problems.subList(0, Math.min(10, problems.size()))))
                .isEqualTo("0 broken promises\n");
    }

    private static Iterable<Judge.Kind> broken(Consumer<SimulatedWorld> defect) {
        return live(1, 15, defect).judge.figures().broken.keySet();
    }

    private static String summary(SimulatedWorld world) {
        Judge judge = world.judge;
        return judge.story() + ": " + judge.figures() + "; token calls "
                + judge.perGrant().calls() + ", at most "
                + judge.perGrant().peak() + " of one grant and "
                + judge.perIssuer().peak() + " to one server in a minute";
    }

    private static SimulatedWorld live(long seed, int days, Consumer<SimulatedWorld> defect) {
        SimulatedWorld world = new SimulatedWorld(seed);
        for (int i = 0; i < GRANTS; i++) {
            SimulatedIssuer issuer = world.issuers.get(i % world.issuers.size());
            world.add("c" + i, issuer, LIFETIMES.getOrDefault(i, HOUR));
        }
        defect.accept(world);
        world.begin();
        while (world.age().compareTo(Duration.ofDays(days)) < 0) {
            world.machine.advance(HOUR);
        }
        world.close();
        return world;
    }
}
