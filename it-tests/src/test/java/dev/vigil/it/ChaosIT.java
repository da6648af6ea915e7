// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.Calls.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * The chaos matrix: everything that goes wrong with clocks, token endpoints, grants, disks and processes, once for a daemon
 * that nobody uses and once under many callers; all of it without a bucket and with one, and there also what goes wrong with
 * the bucket. Each field has a packaged daemon and servers of its own, and several run at once.
 *
 * <p>With a bucket some faults are left out, unless {@code -Dchaos.all=true} asks for them: what decides there is the outcome
 * of a refresh, and others have the same one ({@link ChaosFault#isLikeAnotherToTheBucket}).
 */
class ChaosIT {
    private static final int CALLERS = 64;
    /** Most of their time daemons wait for a fault to end. */
    private static final int AT_ONCE = 12;

    private static final boolean ALL = Boolean.getBoolean("chaos.all");

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(AT_ONCE);
    private static final List<Running> MATRIX = new ArrayList<>();

    @TempDir
    private static Path homes;

    /** Empty before the first look. Guarded by the class. */
    private static Optional<ChaosBucket.Proof> proof = Optional.empty();

    private record Running(ChaosCell cell, CompletableFuture<ChaosReport> report) {
        /** What made the cell fail, or skip, does so with the test. */
        ChaosReport await() {
            try {
                return report.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof TestAbortedException skip) {
                    throw skip;
                }
                throw e;
            }
        }

        @Override
        public String toString() {
            return cell.toString();
        }
    }

    static Stream<Running> matrix() {
        return MATRIX.stream();
    }

    @BeforeAll
    static void begin() {
        List<ChaosCell> cells = Stream.of(false, true).flatMap(ChaosIT::cells).toList();
        Map<ChaosCell, Running> running = new HashMap<>();
        cells.stream()
                .sorted(Comparator.comparing(ChaosCell::life).reversed()) // which takes longest
                .forEach(cell -> running.put(cell, running(cell)));
        cells.stream().map(running::get).forEach(MATRIX::add);
    }

    private static Stream<ChaosCell> cells(boolean shared) {
        return Arrays.stream(ChaosFault.values())
                .filter(fault -> shared ? ALL || !fault.isLikeAnotherToTheBucket() : !fault.strikesTheBucket())
                .flatMap(fault -> Stream.of(new ChaosCell(fault, 0, shared), new ChaosCell(fault, CALLERS, shared)));
    }

    private static Running running(ChaosCell cell) {
        return new Running(cell, CompletableFuture.supplyAsync(() -> run(cell), THREADS));
    }

    private static ChaosReport run(ChaosCell cell) {
        try {
            Path home = Files.createTempDirectory(homes, "home-");
            Path clock = Files.createTempDirectory(homes, "clock-");
            return cell.run(
                    home,
                    cell.fault().movesTheClock() ? Optional.of(FakeClock.in(clock)) : Optional.empty(),
                    ChaosIT::proof);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One proof costs some 1600 requests. */
    private static synchronized ChaosBucket.Proof proof() {
        ChaosBucket.Proof found = proof.orElseGet(() -> ChaosBucket.Proof.in(homes.resolve("prover")));
        proof = Optional.of(found);
        return found;
    }

    @AfterAll
    static void end() {
        THREADS.shutdown();
        List<ChaosReport> reports = MATRIX.stream()
                .map(Running::report)
                .filter(report -> report.isDone() && !report.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
        System.out.print(ChaosReport.table(reports));
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void nobodyHangsAndNobodyLogsInWithoutNeed(Running running) {
        ChaosReport report = running.await();

        assertThat(report.count(End.HUNG)).as("hung calls. " + report.story()).isZero();
        assertThat(report.count(End.BROKEN))
                .as("broken calls. " + report.story())
                .isZero();
        assertThat(report.felt()).as("signs of the fault. " + report.story()).isPositive();
        assertThat(report.redeemed()).as("refreshes. " + report.story()).isPositive();
        assertThat(report.twice())
                .as("refresh tokens redeemed again. " + report.story())
                .isLessThanOrEqualTo(running.cell().fault().losesAnAnswer() ? 1 : 0);
        assertThat(report.avoidable()).as("avoidable logins. " + report.story()).isZero();
        assertThat(report.slowest()).as("slowest answer").isLessThanOrEqualTo(Calls.BOUND);
        assertThat(report.honest())
                .as("a lost answer is told first. " + report.story())
                .isTrue();
        assertThat(report.healing()).as("recovery. " + report.story()).isPresent();
        report.afterKill()
                .ifPresent(call -> assertThat(call.end())
                        .as("after a kill: " + call.detail())
                        .isEqualTo(End.OK));
        report.requests()
                .ifPresent(requests ->
                        assertThat(requests).as("requests to the bucket").isPositive());
        assertThat(report.sharing().unexplained())
                .as("failed rounds that do not say why")
                .isEmpty();
        if (running.cell().fault().strikesTheBucket()) {
            assertOnlyRefreshesWait(running.cell().fault(), report);
        }
    }

    /** See {@code docs/sync.md}, "When the bucket is down". */
    private static void assertOnlyRefreshesWait(ChaosFault fault, ChaosReport report) {
        assertThat(report.sharing().failedRounds())
                .as("rounds that failed. " + report.story())
                .isNotEmpty();
        assertThat(report.count(End.SKIPPED) > 0)
                .as("calls are skipped. " + report.story())
                .isEqualTo(fault.answer == End.SKIPPED);
        assertThat(report.skips())
                .as("skips. " + report.story())
                .allMatch(answer -> answer.contains("\"authorization_unavailable\""));
    }
}
