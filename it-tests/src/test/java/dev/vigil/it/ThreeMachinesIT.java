// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.FleetMachine.Heard;
import dev.vigil.it.FleetStorm.Strike;
import dev.vigil.it.TokenLedger.Issue;
import dev.vigil.sync.StrictS3;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Three machines with one bucket and many grants, of an authorization server that ends a grant when a refresh token is shown
 * twice. They are restarted and killed and the bucket goes away and lies, while callers call all the time. For longer: {@code
 * -Dit.machines.grants=20 -Dit.machines.life=120 -Dit.machines.decks=7}; the same again: {@code -Dit.machines.seed=...}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThreeMachinesIT {
    private static final int GRANTS = Integer.getInteger("it.machines.grants", 9);
    /** Of access tokens. Above the 40 s for which a token that may be spent is left alone (docs/refresh.md). */
    private static final Duration LIFE = Duration.ofSeconds(Integer.getInteger("it.machines.life", 45));

    private static final int DECKS = Integer.getInteger("it.machines.decks", 1);
    private static final long SEED = Long.getLong("it.machines.seed", System.nanoTime());
    /** Of the life of an access token so short: no machine finds it due before (RefreshPolicy). */
    private static final double EARLIEST = 0.4;
    /** And every machine finds it due by then. */
    private static final double LATEST = 0.6;
    /** Lifetimes are told in whole seconds, and an answer takes its time. */
    private static final Duration ROUNDING = Duration.ofSeconds(2);
    /** What a machine tells of tokens that it has, and of those that are from itself. */
    private static final Set<String> KNOWN = Set.of("refreshed", "pushed", "adopted");

    private static final Set<String> MADE = Set.of("refreshed", "pushed");

    private final StrictS3 bucket = StrictS3.start();
    private Fleet fleet;
    private FleetStorm storm;
    private FleetCallers callers;
    /** What each machine wrote down of each shared login, read once. */
    private final Map<String, List<JsonNode>> shared = new HashMap<>();

    @BeforeAll
    void weather(@TempDir Path root) {
        System.out.println("seed " + SEED);
        List<String> connectors =
                IntStream.rangeClosed(1, GRANTS).mapToObj(i -> "grant-" + i).toList();
        fleet = Fleet.start(LIFE, connectors);
        for (String name : List.of("laptop", "build-box", "scheduler")) {
            fleet.join(name, root, Fleet.in(bucket));
        }
        Random random = new Random(SEED);
        storm = new FleetStorm(fleet, bucket, random);
        for (int i = 0; i < GRANTS; i++) {
            fleet.login(connectors.get(i), fleet.machines().get(i % 3));
        }
        connectors.forEach(fleet::awaitServedEverywhere);
        callers = new FleetCallers(fleet);
        for (int deck = 0; deck < DECKS; deck++) {
            storm.blow();
            storm.awaitEndOfStruck();
            storm.mend();
        }
        connectors.forEach(fleet::awaitServedEverywhere);
        callers.close();
        System.out.println(table());
    }

    @AfterAll
    void clear() {
        if (callers != null) callers.close();
        if (fleet != null) fleet.close();
        bucket.close();
    }

    /** A refresh token that was shown twice, of which one showing was on its way when its machine was killed. */
    @Test
    void noGrantEndsButByAKillBetweenCommitAndPush() {
        List<Issue> unexplained = fleet.ledger.reuses().stream()
                .filter(reuse -> !isByAKill(reuse))
                .toList();
        assertThat(unexplained).as("seed %d", SEED).isEmpty();
        assertThat(fleet.ledger.reuses()).extracting(Issue::grant).doesNotHaveDuplicates();
    }

    private boolean isByAKill(Issue reuse) {
        String connector = fleet.connectorOf(reuse.grant()).orElseThrow();
        Instant committed = fleet.ledger.issues(reuse.grant()).stream()
                .filter(issue -> issue.generation() == reuse.generation() + 1)
                .findFirst()
                .orElseThrow()
                .at();
        return storm.deaths().stream()
                .anyMatch(
                        death -> death.open().contains(connector) && death.at().isAfter(committed));
    }

    @Test
    void everyLossIsToldWithItsDeadlineAndTheOthersNameTheMachine() {
        assertThat(storm.strikes()).hasSize(3 * DECKS);
        for (Strike strike : storm.strikes()) {
            FleetMachine killed = strike.death().machine();
            assertThat(lost(killed, strike))
                    .as("by %s itself: %s", killed, strike)
                    .isNotEmpty();
            assertThat(fleet.machines())
                    .as("others tell of %s: %s", killed, strike)
                    .anySatisfy(other -> assertThat(lost(other, strike))
                            .extracting(line -> line.path("reason").asString())
                            .anyMatch(reason -> reason.startsWith(killed.name() + " began to refresh it at ")));
        }
    }

    /** What was told of a lost answer, with the end of the access token that still serves. */
    private static List<JsonNode> lost(FleetMachine machine, Strike strike) {
        return machine.log("answer_lost", strike.connector()).stream()
                .filter(line -> isAfter(line, strike.held().at()))
                .filter(line -> line.path("deadline").isString())
                .toList();
    }

    private static boolean isAfter(JsonNode line, Instant then) {
        return Instant.parse(line.path("time").asString()).isAfter(then);
    }

    @Test
    void oneRefreshForEachLifetimeOverAllMachines() {
        List<Duration> lifetimes = lifetimes();
        assertThat(lifetimes).hasSizeGreaterThan(GRANTS);
        assertThat(lifetimes)
                .as("from one refresh of a grant to the next, seed %d", SEED)
                .allMatch(
                        life -> life.plus(ROUNDING).toMillis() >= LIFE.toMillis() * EARLIEST,
                        "no machine refreshes what another has just refreshed");
    }

    /** How long each token set was the newest of its grant. */
    private List<Duration> lifetimes() {
        List<Duration> all = new ArrayList<>();
        for (int grant = 1; grant <= fleet.auth.counts().logins(); grant++) {
            List<Issue> issues = fleet.ledger.issues(grant);
            for (int i = 1; i < issues.size(); i++) {
                all.add(Duration.between(issues.get(i - 1).at(), issues.get(i).at()));
            }
        }
        return all;
    }

    /** Whoever serves a token set has made it, or says from whom it is, and that machine says the same. */
    @Test
    void everyAdoptionIsExplained() {
        List<String> unexplained = new ArrayList<>();
        for (FleetMachine machine : fleet.machines()) {
            for (String connector : fleet.connectors()) {
                served(machine, connector).stream()
                        .filter(generation -> !tells(machine, connector, generation, KNOWN))
                        .forEach(generation -> unexplained.add(machine + " serves " + connector + " " + generation));
                shared(machine, connector).stream()
                        .filter(step -> step.path("what").asString().equals("adopted"))
                        .filter(step -> !hasWritten(step.path("other").asString(), step))
                        .forEach(step -> unexplained.add(machine + ": " + step));
            }
        }
        assertThat(unexplained).as("seed %d", SEED).isEmpty();
        assertThat(adoptions()).isGreaterThan(GRANTS);
    }

    /** Generations that calls were served with. */
    private static Set<Long> served(FleetMachine machine, String connector) {
        return machine.log("exchange", connector).stream()
                .filter(line -> line.path("upstream_status").asInt(0) == 200)
                .map(line -> line.path("generation").asLong())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean hasWritten(String writer, JsonNode adopted) {
        return fleet.machines().stream()
                .filter(machine -> machine.name().equals(writer))
                .anyMatch(machine -> tells(
                        machine,
                        adopted.path("connector").asString(),
                        adopted.path("generation").asLong(),
                        MADE));
    }

    /** A kill takes lines of the log that were not written yet; the story is on the disk at once. */
    private boolean tells(FleetMachine machine, String connector, long generation, Set<String> whats) {
        return tells(shared(machine, connector), generation, whats)
                || tells(machine.story(connector), generation, whats);
    }

    private List<JsonNode> shared(FleetMachine machine, String connector) {
        return shared.computeIfAbsent(machine + " " + connector, any -> machine.log("shared", connector));
    }

    private static boolean tells(List<JsonNode> story, long generation, Set<String> whats) {
        return story.stream()
                .anyMatch(step -> step.path("generation").asLong() == generation
                        && whats.contains(step.path("what").asString()));
    }

    private long adoptions() {
        return fleet.machines().stream()
                .flatMap(machine -> machine.product().log("shared").stream())
                .filter(step -> step.path("what").asString().equals("adopted"))
                .count();
    }

    /** That all serve in the end is awaited before; this is about the whole time. */
    @Test
    void nobodyIsAskedToLogInAgainWhileTheGrantLives() {
        assertThat(callers.loginsWanted())
                .as("seed %d", SEED)
                .extracting(Heard::connector)
                .isSubsetOf(fleet.ledger.reuses().stream()
                        .map(reuse -> fleet.connectorOf(reuse.grant()).orElseThrow())
                        .toList());
        assertThat(callers.served()).isGreaterThan(100);
    }

    private String table() {
        List<Duration> lifetimes = lifetimes();
        long stalled = lifetimes.stream()
                .filter(life -> life.minus(ROUNDING).toMillis() > LIFE.toMillis() * LATEST)
                .count();
        double used = lifetimes.stream().mapToLong(Duration::toMillis).sum() / (double) LIFE.toMillis();
        return Stream.of(
                        storm.toString(),
                        callers.toString(),
                        fleet.ledger.refreshes() + " refreshes of "
                                + fleet.auth.counts().logins() + " grants, "
                                + fleet.ledger.reuses().size() + " of which were ended by reuse",
                        String.format(
                                Locale.ROOT,
                                "%d lifetimes, %d of them stalled, each %.2f of a token's life on average; due at %.1f to %.1f",
                                lifetimes.size(),
                                stalled,
                                used / lifetimes.size(),
                                EARLIEST,
                                LATEST),
                        adoptions() + " adoptions")
                .collect(Collectors.joining("\n"));
    }
}
