// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.app.FallbackRun.Finding;
import dev.vigil.app.FallbackRun.Outcome;
import dev.vigil.auth.MemoryBeats;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health signal in words, on disk, and what many of them tell. */
class FallbackRunTest {
    private static final Instant AT = Instant.parse("2026-11-21T02:15:07.5Z");
    private static final Optional<Instant> BEAT = Optional.of(Instant.parse("2026-11-21T02:00:13Z"));
    private static final FallbackRun FINE = new FallbackRun(AT, List.of(fresh("a"), fresh("b"), fresh("c")));
    private static final FallbackRun MIXED = new FallbackRun(
            AT,
            List.of(
                    fresh("a"),
                    Finding.acted("b", Outcome.REFRESHED, Optional.empty(), BEAT),
                    Finding.acted("c", Outcome.REFRESHED, Optional.empty(), Optional.empty()),
                    Finding.acted("d", Outcome.UNREACHABLE, Optional.of("token endpoint: HTTP 503"), BEAT),
                    Finding.acted("e", Outcome.UNANSWERED, Optional.of("reset"), BEAT),
                    Finding.seen("f", Outcome.LOGIN_NEEDED, Optional.of("invalid_grant")),
                    Finding.seen("g", Outcome.STORAGE, Optional.of("grants/g.sealed is damaged")),
                    Finding.seen("h", Outcome.LOGGED_OUT, Optional.empty()),
                    Finding.seen("i", Outcome.NOT_RENEWED, Optional.of("laptop is refreshing it"))));

    @TempDir
    Path folder;

    private final MemoryBeats beats = new MemoryBeats();

    @Test
    void healthIsOneLine() {
        assertThat(line(FINE)).isEqualTo("vigil refresh: ok, 3 connectors, 0 refreshed");
        assertThat(line(new FallbackRun(AT, List.of(MIXED.findings().get(1)))))
                .isEqualTo("vigil refresh: INCIDENT, refreshed b (the main loop has missed it since 02:00)");
        assertThat(line(new FallbackRun(AT, List.of(MIXED.findings().get(5)))))
                .isEqualTo("vigil refresh: LOGIN NEEDED, f needs a login (invalid_grant), run: vigil login f");
        assertThat(line(new FallbackRun(AT, List.of(fresh("a"), MIXED.findings().get(8)))))
                .isEqualTo("vigil refresh: EXPIRED, i has expired and could not be renewed (laptop is refreshing it)");
        assertThat(line(MIXED))
                .isEqualTo("vigil refresh: INCIDENT, g could not be kept (grants/g.sealed is damaged);"
                        + " e: the answer to the refresh was lost (reset), and the refresh token may be spent;"
                        + " d could not be refreshed for now (token endpoint: HTTP 503);"
                        + " i has expired and could not be renewed (laptop is refreshing it);"
                        + " f needs a login (invalid_grant), run: vigil login f;"
                        + " h is not logged in, run: vigil login h;"
                        + " refreshed b (the main loop has missed it since 02:00);"
                        + " refreshed c (the main loop has never looked at it)");
    }

    @Test
    void everyOutcomeIsInTheSample() {
        assertThat(MIXED.findings().stream().map(Finding::outcome).distinct())
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(Outcome.values()));
    }

    @Test
    void connectorsThatNobodyLoggedInToDoNotCount() {
        FallbackRun run =
                new FallbackRun(AT, List.of(fresh("a"), MIXED.findings().get(7)));
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.ofLogins().exit()).isZero();
        assertThat(line(run.ofLogins())).isEqualTo("vigil refresh: ok, 1 connector, 0 refreshed");
    }

    @Test
    void linesOnDiskAreAsTheSampleShows() throws IOException {
        assertThat(FINE.json() + "\n" + MIXED.json() + "\n").isEqualTo(Files.readString(sample()));
    }

    /** As version 0.1.0 wrote it: readable for ever. */
    @Test
    void sampleOnDiskIsUnderstood() throws IOException {
        RunHistory history = history();
        Path copy = Files.copy(sample(), folder.resolve("home/events/refresh-runs.jsonl"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));

        assertThat(history.summary(List.of("a", "b"), AT.plusSeconds(60)).orElseThrow())
                .hasToString("{\"last_run\":\"2026-11-21T02:15:07.500Z\",\"last_exit\":6,\"incidents_24h\":1,"
                        + "\"primary_path\":[]}");
    }

    @Test
    void withoutARunThereIsNothingToTell() {
        assertThat(history().summary(List.of("b"), AT)).isEmpty();
    }

    @Test
    void incidentsOfADayAreCounted() {
        RunHistory history = history();
        for (int hours : new int[] {30, 23, 2, 1}) {
            history.add(acting("b", AT.minus(Duration.ofHours(hours))));
        }
        history.add(new FallbackRun(AT, List.of(fresh("b"))));

        assertThat(history.summary(List.of(), AT)
                        .orElseThrow()
                        .path("incidents_24h")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void threeActingRunsWithoutTheMainLoopMakeItThePrimaryPath() {
        RunHistory history = history();
        beats.completed("b", AT.minusSeconds(1));
        history.add(acting("b", AT.minusSeconds(5))); // before that heartbeat: forgiven
        for (int run = 0; run < 3; run++) {
            assertThat(history.primaryFor(List.of("a", "b"))).isEmpty();
            history.add(acting("b", AT.plusSeconds(900L * run)));
            history.add(new FallbackRun(AT.plusSeconds(900L * run + 450), List.of(fresh("b"))));
        }
        assertThat(history.primaryFor(List.of("a", "b"))).containsExactly("b");

        beats.completed("b", AT.plusSeconds(1801)); // the main loop is back
        assertThat(history.primaryFor(List.of("a", "b"))).isEmpty();
    }

    @Test
    void historyThatCannotBeWrittenIsTold() throws IOException {
        RunHistory history = history();
        Files.createDirectory(folder.resolve("home/events/refresh-runs.jsonl"));
        assertThatThrownBy(() -> history.add(FINE)).isInstanceOf(VaultException.class);
    }

    private RunHistory history() {
        Vault vault = Vault.open(Home.below(folder.resolve("home")), Optional.empty());
        return new RunHistory(vault.journal("refresh-runs"), beats);
    }

    private static FallbackRun acting(String connector, Instant at) {
        return new FallbackRun(
                at, List.of(Finding.acted(connector, Outcome.REFRESHED, Optional.empty(), Optional.empty())));
    }

    private static Finding fresh(String connector) {
        return Finding.seen(connector, Outcome.FRESH, Optional.empty());
    }

    private static String line(FallbackRun run) {
        return run.line(new Sentences(ZoneOffset.UTC));
    }

    private static Path sample() {
        try {
            return Path.of(Objects.requireNonNull(FallbackRunTest.class.getResource("refresh-runs-v1.jsonl"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
