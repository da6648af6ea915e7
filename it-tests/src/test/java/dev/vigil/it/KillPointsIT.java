// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.KillPoint.Fate;
import dev.vigil.it.Killed.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The real daemon is killed at every step of a refresh ({@link KillPoint}) and started again on the same home, while the
 * authorization server rotates refresh tokens and ends the grant when it sees one twice. What a kill leaves is what the
 * kernel has; what a power cut leaves is the business of the vault's own tests.
 */
class KillPointsIT {
    private static final int LANES = 24;
    private static final int STARTS_AT_ONCE = 2;
    private static final int REPEATS = 3;
    /** For so long after a crash a token that may be spent is not sent (docs/refresh.md). */
    private static final Duration ORPHAN_SETTLED = Duration.ofSeconds(40);
    /** HTTP dates, by which a server's clock may be read, count in seconds. */
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static List<Killed> killed = List.of();

    @BeforeAll
    static void killEverywhere(@TempDir Path root) throws IOException, InterruptedException, ExecutionException {
        Strace.require(root);
        Duration lifetime = ORPHAN_SETTLED
                .multipliedBy(5)
                .dividedBy(4)
                .plus(timeOfAStart(folder(root)).multipliedBy(5));
        List<KillPoint> points = KillPoint.ALL.stream()
                .flatMap(point -> Stream.generate(() -> point).limit(point.kills()))
                .toList();
        Semaphore machine = new Semaphore(STARTS_AT_ONCE, true);
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<List<Killed>>> running = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                List<KillPoint> mine = everyNth(points, lane);
                Path home = folder(root);
                running.add(lanes.submit(() -> killAll(mine, home, lifetime, machine)));
            }
            List<Killed> all = new ArrayList<>();
            for (Future<List<Killed>> lane : running) {
                all.addAll(lane.get());
            }
            killed = List.copyOf(all);
        } finally {
            lanes.shutdownNow();
        }
        System.out.println(table());
    }

    /** Tokens live the longer, the slower the machine is: a daemon must be back before the old one ends. */
    private static Duration timeOfAStart(Path home) {
        long begun = System.nanoTime();
        new Product(home)
                .config("listen: { port: " + FreePort.find() + " }\n")
                .daemon()
                .close();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static Path folder(Path root) throws IOException {
        return Files.createTempDirectory(root, "home"); // which nobody else may read
    }

    private static List<KillPoint> everyNth(List<KillPoint> points, int first) {
        return IntStream.iterate(first, i -> i < points.size(), i -> i + LANES)
                .mapToObj(points::get)
                .toList();
    }

    private static List<Killed> killAll(List<KillPoint> points, Path home, Duration lifetime, Semaphore machine)
            throws InterruptedException {
        List<Killed> done = new ArrayList<>();
        try (KillLane lane = opened(home, lifetime, machine)) {
            for (KillPoint point : points) {
                Path trace = home.resolveSibling(home.getFileName() + "-trace-" + done.size());
                Killed one = new KillRun(lane, point, trace).toTheEnd(machine);
                for (int again = 1; again <= REPEATS && one.isTooLate(); again++) {
                    one = new KillRun(lane, point, trace).toTheEnd(machine);
                }
                done.add(one);
            }
        }
        return done;
    }

    private static KillLane opened(Path home, Duration lifetime, Semaphore machine) throws InterruptedException {
        machine.acquire();
        try {
            return KillLane.open(home, lifetime);
        } finally {
            machine.release();
        }
    }

    private static String table() {
        StringBuilder table = new StringBuilder(String.format(
                "%-34s %5s %9s %14s %5s %8s%n", "killed", "kills", "committed", "commit..fsync", "lived", "reported"));
        for (KillPoint point : KillPoint.ALL) {
            row(table, point.story(), at(point));
        }
        row(table, "in all", killed);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, List<Killed> some) {
        table.append(String.format(
                Locale.ROOT,
                "%-34s %5d %9d %14d %5d %8d%n",
                name,
                some.size(),
                some.stream().filter(one -> one.fell().committed()).count(),
                some.stream()
                        .filter(one -> one.fell().isBetweenCommitAndFsync())
                        .count(),
                some.stream().filter(Killed::hasLived).count(),
                some.stream().filter(Killed::isReported).count()));
    }

    private static List<Killed> at(KillPoint point) {
        return killed.stream().filter(one -> one.point().equals(point)).toList();
    }

    private static List<Killed> whose(Fate fate) {
        return killed.stream().filter(one -> one.point().fate() == fate).toList();
    }

    @Test
    void everyKillFellWhereItWasAimed() {
        for (KillPoint point : KillPoint.ALL) {
            assertThat(at(point))
                    .hasSize(point.kills())
                    .allMatch(one -> one.fell().aimed());
        }
    }

    @Test
    void twentyKillsFellBetweenTheServersCommitAndOurFsync() {
        assertThat(killed)
                .filteredOn(one -> one.fell().isBetweenCommitAndFsync())
                .hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void grantLivesOnWhereTheTokenWasNotSentOrItsSuccessorIsSaved() {
        assertThat(whose(Fate.LIVES)).isNotEmpty();
        for (Killed one : whose(Fate.LIVES)) {
            assertThat(one).matches(Killed::hasLived, "has lived");
            assertThat(one.aftermath().refusals()).as("%s", one).isZero();
            assertThat(one.aftermath().told()).as("nobody is alarmed, %s", one).isEmpty();
        }
    }

    @Test
    void tokenThatMayBeSpentIsTriedOnceTheOldOneHasEnded() {
        assertThat(whose(Fate.LIVES_PAST_THE_END)).isNotEmpty();
        for (Killed one : whose(Fate.LIVES_PAST_THE_END)) {
            assertOldTokenServedToItsEnd(one);
            assertThat(one).matches(Killed::hasLived, "has lived");
            assertThat(one.aftermath().redemptions()).as("%s", one).isEqualTo(1);
        }
    }

    @Test
    void lostAnswerIsReportedWhileTheOldTokenServesAndTriedOnce() {
        assertThat(whose(Fate.REPORTED)).isNotEmpty();
        for (Killed one : whose(Fate.REPORTED)) {
            assertOldTokenServedToItsEnd(one);
            assertThat(one.aftermath().redemptions())
                    .as("before the kill and after it, %s", one)
                    .isEqualTo(2);
            assertThat(one.aftermath().reuses()).as("%s", one).isEqualTo(1);
            assertThat(one.aftermath().refusals()).as("%s", one).isEqualTo(1);
            assertAsksForALogin(one.turn());
        }
    }

    @Test
    void loginMendsWhatWasLost() {
        assertThat(whose(Fate.REPORTED)).isNotEmpty();
        for (Killed one : whose(Fate.REPORTED)) {
            assertThat(one.aftermath().logins()).as("%s", one).isEqualTo(1);
            assertThat(one.aftermath().last()).matches(Call::isServed, "is served");
        }
    }

    private static void assertOldTokenServedToItsEnd(Killed one) {
        assertThat(one.servedAsBefore()).as("%s", one).isNotEmpty();
        assertThat(one.turn().at()).as("%s", one).isAfter(one.endsAfter().minus(SECOND));
        assertThat(one).matches(Killed::isReported, "is reported while the old token serves");
    }

    private static void assertAsksForALogin(Call call) {
        JsonNode skip = Json.read(call.skip()).path("result").path("_meta").path("dev.vigil/skip");
        assertThat(skip.path("kind").asString()).as("%s", call).isEqualTo("authorization_expired");
        assertThat(skip.path("reason").asString()).isEqualTo("invalid_grant");
        assertThat(skip.path("retryable").asBoolean(true)).isFalse();
        assertThat(skip.path("action").asString()).isEqualTo("vigil login " + KillLane.CONNECTOR);
    }
}
