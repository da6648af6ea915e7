// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code vigil refresh} beside a real daemon: one that beats, and one whose scheduler has paused. */
class FallbackIT {
    private static final String NAME = LoggedIn.CONNECTOR;
    /** Refreshed 8 to 12 s after each login or refresh. */
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofSeconds(75);

    @TempDir
    private Path home;

    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Product product;
    private Product.Daemon daemon;
    private String key = "";

    @BeforeEach
    void start() {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard().withAccessLifetime(LIFE));
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        product = new Product(home)
                .config("connectors:\n  " + NAME + ": { url: " + mcp.url() + " }\nlisten: { port: " + FreePort.find()
                        + " }\n");
        daemon = product.daemon();
        key = product.connect("test");
        Logins.login(product, NAME);
    }

    @AfterEach
    void stop() {
        signal("CONT");
        daemon.close();
        mcp.close();
        auth.close();
    }

    @Test
    void pausedDaemonIsCoveredForAndAdoptsWhatWasRenewed() throws IOException {
        pauseBetweenRefreshes();
        int before = auth.counts().refreshes();
        forgetHeartbeat();
        Await.until(LIMIT, this::coveredByOneOfTwo, () -> "the fallback never acted");
        assertThat(auth.counts().refreshes()).isEqualTo(before + 1);
        Product.Ended stopped = product.run("status");
        assertThat(stopped.exit()).as(stopped.text()).isEqualTo(5);
        assertThat(stopped.text()).contains("has not answered within 3 s").contains(NAME + "  logged in, token good");

        signal("CONT");
        int covered = before + 1;
        Await.until(LIMIT, () -> generation() > covered, () -> "the daemon has not adopted: " + product.log("refresh"));
        assertThat(Mcp.skip(Web.send(Mcp.calling(daemon.endpoint(NAME), key, "whoami")))
                        .isMissingNode())
                .isTrue();
        Await.until(LIMIT, () -> auth.counts().refreshes() > covered, () -> "the daemon does not refresh any more");

        assertNothingWasReused();
        assertThat(product.run("status").text())
                .contains(" (ok), 1 incident in 24 hours.")
                .contains(NAME + "  logged in");
    }

    @Test
    void besideADaemonThatBeatsNothingIsDone() {
        Await.until(LIMIT, () -> Files.exists(home.resolve("beats/" + NAME)), () -> "the daemon writes no heartbeat");
        int runs = 0;
        while (auth.counts().refreshes() == 0) {
            JsonNode run =
                    Json.read(product.runWell("refresh", "--json").output().get(0));
            assertThat(run.path("incident").asBoolean(true)).as(run.toString()).isFalse();
            assertThat(run.path("connectors").asInt()).isEqualTo(1);
            assertThat(++runs).as("runs while the daemon should have refreshed").isLessThan(200);
        }
        assertThat(product.run("refresh").output()).containsExactly("vigil refresh: ok, 1 connector, 0 refreshed");
        assertThat(product.log("refresh")).isNotEmpty();
        assertNothingWasReused();
        assertThat(product.run("status").text()).contains(" (ok), 0 incidents in 24 hours.");
    }

    /** Two runs at the same moment, as cron and a person may start them; has one of them acted? Never both. */
    private boolean coveredByOneOfTwo() {
        try (Child one = product.start("refresh", "--json");
                Child other = product.start("refresh", "--json")) {
            List<JsonNode> runs = List.of(ended(one), ended(other));
            long acted = runs.stream()
                    .filter(run -> run.path("incident").asBoolean(false))
                    .count();
            assertThat(acted).as(runs.toString()).isLessThanOrEqualTo(1);
            return runs.stream().anyMatch(run -> run.path("refreshed").asInt() == 1);
        }
    }

    private static JsonNode ended(Child refresh) {
        assertThat(refresh.awaitExit(LIMIT)).as(refresh.story()).isZero();
        return Json.read(refresh.output().get(0));
    }

    /** Whoever pauses in the middle of a refresh holds its lock, and nobody may touch that token. */
    private void pauseBetweenRefreshes() {
        Path intent = home.resolve("intents/" + NAME);
        signal("STOP");
        while (Files.exists(intent)) {
            signal("CONT");
            Await.until(LIMIT, () -> !Files.exists(intent), () -> "the daemon's refresh does not end");
            signal("STOP");
        }
    }

    /** As if the daemon had been paused for some minutes already. */
    private void forgetHeartbeat() throws IOException {
        Path beat = home.resolve("beats/" + NAME);
        if (Files.exists(beat)) {
            Files.writeString(beat, "{\"version\":1,\"at\":\"" + Instant.now().minusSeconds(120) + "\",\"pid\":1}");
        }
    }

    private long generation() {
        return Json.read(String.join("\n", product.runWell("status", "--json").output()))
                .path("connectors")
                .get(0)
                .path("generation")
                .asLong();
    }

    private void assertNothingWasReused() {
        assertThat(auth.counts().reuses()).isZero();
        assertThat(auth.counts().redemptions())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.times()).isLessThanOrEqualTo(1));
        assertThat(auth.counts().logins()).isEqualTo(1);
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "kill -" + name + " " + daemon.child().process().pid())
                    .start();
            assertThat(kill.waitFor()).isZero();
        } catch (IOException e) {
            throw Requires.missing("a shell at /bin/sh", "Run on Linux or macOS.");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
