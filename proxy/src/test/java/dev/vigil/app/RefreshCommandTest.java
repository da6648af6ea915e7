// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.vault.Home;
import dev.vigil.vault.Journal;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fallback from the command line, against the demo's servers, under a clock that the test moves. */
class RefreshCommandTest {
    private static final String OK = "vigil refresh: ok, 1 connector, 0 refreshed\n";

    @TempDir
    Path home;

    private final Ahead clock = new Ahead();
    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Cli cli;

    @BeforeEach
    void setUp() {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard()
                .withAccessLifetime(Duration.ofHours(1))
                .withTime(clock));
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        cli = new Cli(home).by(clock).config("""
                connectors:
                  notion: { url: %s }
                  other: { url: https://other.invalid/mcp }
                  key: { url: https://key.invalid/mcp, grant: header, header: X-Key }
                listen: { port: 0 }
                """.formatted(mcp.url()));
        login();
    }

    @AfterEach
    void tearDown() {
        cli.close();
        mcp.close();
        auth.close();
    }

    @Test
    void freshTokenIsLeftAlone() {
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.out()).isEqualTo(OK);
        assertThat(ended.code()).isZero();
        assertThat(auth.counts().refreshes()).isZero();
        assertThat(cli.run("status").out()).contains(" (ok), 0 incidents in 24 hours.\n");
    }

    @Test
    void whatTheMainLoopMissedIsDoneAndCountsAsAnIncident() {
        clock.move(Duration.ofMinutes(50));
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.out())
                .isEqualTo("vigil refresh: INCIDENT, refreshed notion (the main loop has never looked at it)\n");
        assertThat(ended.code()).isZero();
        assertThat(auth.counts().refreshes()).isEqualTo(1);
        assertThat(cli.run("refresh").out()).isEqualTo(OK);

        assertThat(cli.run("status").out())
                .contains("notion  logged in, token good for 59m")
                .contains("Fallback: last run ")
                .contains(" (ok), 1 incident in 24 hours.\n");
        assertThat(cli.run("status", "notion").out()).contains("generation         2");
    }

    @Test
    void whereTheMainLoopBeatsNothingIsDone() {
        clock.move(Duration.ofMinutes(50));
        beat();
        assertThat(cli.run("refresh").out()).isEqualTo(OK);
        clock.move(Duration.ofMinutes(2));
        assertThat(cli.run("refresh", "notion").out())
                .matches(
                        "vigil refresh: INCIDENT, refreshed notion \\(the main loop has missed it since [\\d: -]+\\)\n");
        assertThat(auth.counts().refreshes()).isEqualTo(1);
    }

    @Test
    void tokenThatTheMainLoopCannotRenewIsToldWithTheReasonAndIsNoIncident() {
        clock.move(Duration.ofMinutes(65));
        beat();
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.out())
                .isEqualTo("vigil refresh: EXPIRED, notion has expired and could not be renewed (the daemon looks after"
                        + " it and has not got it renewed, and its log tells why)\n");
        assertThat(ended.code()).isEqualTo(5);
        sharedStep("left_to_other", 7, "other");
        sharedStep("left_to_other", 1, "laptop");
        sharedStep("not_adopted", 1, "laptop");
        assertThat(cli.run("refresh").out())
                .endsWith("(laptop began to refresh it and has not told what came of it. If it will not come back:"
                        + " vigil refresh --take-over notion)\n");
        assertThat(auth.counts().refreshes()).isZero();
        assertThat(cli.run("status").out()).contains(" (exit code 5), 0 incidents in 24 hours.\n");
    }

    private void sharedStep(String what, long generation, String other) {
        Journal story = Vault.open(Home.below(home), Optional.empty()).journal("sync-story");
        story.append(Journal.line(clock.now().wall().toString())
                .put("connector", "notion")
                .put("what", what)
                .put("epoch", 1)
                .put("generation", generation)
                .put("other", other));
    }

    @Test
    void revokedLoginEndsWithThreeAndIsAskedAboutOnce() {
        auth.revokeEverything();
        clock.move(Duration.ofMinutes(50));
        Cli.Ended first = cli.run("refresh");
        assertThat(first.code()).isEqualTo(3);
        assertThat(first.out())
                .isEqualTo("vigil refresh: INCIDENT, notion needs a login (invalid_grant), run: vigil login notion\n");
        Cli.Ended second = cli.run("refresh");
        assertThat(second.code()).isEqualTo(3);
        assertThat(second.out())
                .isEqualTo(
                        "vigil refresh: LOGIN NEEDED, notion needs a login (invalid_grant), run: vigil login notion\n");
        assertThat(cli.run("status").out()).contains(" (exit code 3), 1 incident in 24 hours.\n");
    }

    @Test
    void serverThatIsAwayEndsWithFiveAndCostsNothing() {
        auth.close();
        clock.move(Duration.ofMinutes(50));
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.code()).isEqualTo(5);
        assertThat(ended.out()).startsWith("vigil refresh: INCIDENT, notion could not be refreshed for now (");
        assertThat(cli.run("status").out()).contains("notion  logged in");
    }

    @Test
    void fallbackThatCarriesTheLoadSaysSoUntilTheMainLoopIsBack() {
        for (int run = 1; run <= 3; run++) {
            clock.move(Duration.ofMinutes(50));
            String out = cli.run("refresh").out();
            assertThat(out).startsWith("vigil refresh: INCIDENT, refreshed notion");
            assertThat(out.endsWith("; " + RunHistory.PRIMARY + "\n")).isEqualTo(run == 3);
        }
        assertThat(cli.run("status").out()).contains("Warning: " + RunHistory.PRIMARY + "\n");
        beat();
        assertThat(cli.run("refresh").out()).isEqualTo(OK);
        assertThat(cli.run("status").out()).doesNotContain(RunHistory.PRIMARY);
    }

    @Test
    void programsGetTheLineThatIsRecorded() {
        clock.move(Duration.ofMinutes(50));
        JsonNode told = new JsonMapper().readTree(cli.run("refresh", "--json").out());
        assertThat(told.path("incident").asBoolean()).isTrue();
        assertThat(told.path("primary_path").isEmpty()).isTrue();
        JsonNode recorded = new JsonMapper().readTree(cli.read("events/refresh-runs.jsonl"));
        assertThat(told.path("findings")).isEqualTo(recorded.path("findings"));
        assertThat(recorded.path("findings").get(0).path("outcome").asString()).isEqualTo("refreshed");
        JsonNode status = new JsonMapper().readTree(cli.run("status", "--json").out());
        assertThat(status.path("fallback").path("last_run")).isEqualTo(recorded.path("time"));
        assertThat(status.path("fallback").path("incidents_24h").asInt()).isEqualTo(1);
    }

    @Test
    void manyAtOnceRedeemEachTokenOnce() {
        clock.move(Duration.ofMinutes(50));
        List<CompletableFuture<Cli.Ended>> all = IntStream.range(0, 6)
                .mapToObj(number -> CompletableFuture.supplyAsync(() -> cli.run("refresh")))
                .toList();
        assertThat(all).allSatisfy(one -> assertThat(one.join().code()).isZero());
        assertThat(all.stream().filter(one -> one.join().out().contains("INCIDENT")))
                .hasSize(1);
        assertThat(auth.counts().refreshes()).isEqualTo(1);
        assertThat(auth.counts().reuses()).isZero();
        assertThat(cli.read("events/refresh-runs.jsonl").lines()).hasSize(6);
    }

    @Test
    void runThatCannotBeRecordedIsDoneAllTheSameAndEndsWithSix() throws IOException {
        Files.createDirectory(home.resolve("events/refresh-runs.jsonl"));
        clock.move(Duration.ofMinutes(50));
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.code()).isEqualTo(6);
        assertThat(ended.err()).startsWith("vigil: this run could not be recorded: ");
        assertThat(ended.out()).contains("refreshed notion");
    }

    @Test
    void namesAreChecked() {
        assertThat(cli.run("refresh", "other"))
                .isEqualTo(new Cli.Ended(
                        3, "vigil refresh: LOGIN NEEDED, other is not logged in, run: vigil login other\n", ""));
        assertThat(cli.run("refresh", "notion", "key"))
                .isEqualTo(new Cli.Ended(
                        2,
                        "",
                        "vigil: key is configured as grant: header, which holds nothing that could be refreshed\n"));
        assertThat(cli.run("refresh", "notio").err())
                .contains("there is no connector 'notio'")
                .contains("notion");
    }

    @Test
    void nobodyIsAskedForALoginThatIsThere() {
        assertThat(cli.run("add", "notion", mcp.url()).out()).endsWith("Next: vigil connect claude-code notion\n");
        assertThat(cli.run("status").out()).contains("notion  logged in");
        auth.revokeEverything();
        clock.move(Duration.ofMinutes(50));
        cli.run("refresh");
        assertThat(cli.run("add", "notion", mcp.url()).out()).endsWith("Next: vigil login notion\n");
    }

    /** What the message says has to help. */
    @Test
    void damagedLoginIsMendedAsTheMessageSays() throws IOException {
        Files.writeString(home.resolve("grants/notion.sealed"), "not sealed");
        Cli.Ended ended = cli.run("refresh");
        assertThat(ended.code()).isEqualTo(6);
        assertThat(ended.out())
                .startsWith("vigil refresh: STORAGE, notion could not be kept (")
                .contains("move it away and run: vigil login notion");
        Files.move(home.resolve("grants/notion.sealed"), home.resolve("notion.sealed"));
        login();
        assertThat(cli.run("refresh").out()).isEqualTo(OK);
    }

    @Test
    void loginsOfAPersonAreCountedWithTheirReason() {
        assertThat(cli.run("status", "notion").out()).contains("logins by a person 1 (0 avoidable), last ");
        auth.revokeEverything();
        clock.move(Duration.ofMinutes(50));
        cli.run("refresh");
        login();
        assertThat(cli.run("status", "notion").out())
                .containsPattern("logins by a person 2 \\(0 avoidable\\), last [\\d-]{10} because invalid_grant\n");
        assertThat(cli.run("status", "other").out()).contains("logins by a person 0 (0 avoidable)\n");
        JsonNode status = new JsonMapper().readTree(cli.run("status", "--json").out());
        assertThat(status.path("connectors").get(0).path("logins").path("count").asInt())
                .isEqualTo(2);
    }

    private void login() {
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        URI page = URI.create(login.await(line -> line.startsWith("  http")).strip());
        new DemoBrowser().visit(page);
        assertThat(login.end().code()).isZero();
    }

    private void beat() {
        Vault.open(Home.below(home), Optional.empty())
                .beats()
                .completed("notion", clock.now().wall());
    }
}
