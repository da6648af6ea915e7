// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.sync.StrictS3;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Two machines drift apart: the one that has logged in, and so wrote the newest state, is away while the other one refreshes
 * again and again. It comes back with tokens that were spent long ago, which it believes to be the newest and due.
 */
class DriftIT {
    private static final String NAME = "real";
    /** Refreshed 8 to 12 s after each login or refresh. */
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration PACE = Duration.ofMillis(100);
    private static final int MISSED = 3;

    @TempDir
    private Path root;

    private final StrictS3 bucket = StrictS3.start();
    private final Relay way = new Relay(bucket.url());
    private final Fleet fleet = Fleet.start(LIFE, List.of(NAME));
    private FleetMachine atHome;
    private FleetMachine away;

    @BeforeEach
    void start() {
        atHome = fleet.join("build-box", root, Fleet.in(bucket));
        away = fleet.join("laptop", root, Fleet.at(way.url()));
        fleet.login(NAME, away);
        fleet.awaitServedEverywhere(NAME);
    }

    @AfterEach
    void stop() throws IOException {
        fleet.close();
        way.close();
        bucket.close();
    }

    @Test
    void machineThatSleptAdoptsWithinTheBoundAndSpendsNothing() {
        ChaosWorld.signal("STOP", away.child());
        long known = away.generation(NAME);
        missRefreshes();
        ChaosWorld.signal("CONT", away.child());
        assertAdopted(known);
    }

    @Test
    void machineThatWasCutOffFromTheBucketAdoptsWithinTheBoundAndSpendsNothing() {
        way.cut();
        long known = away.generation(NAME);
        missRefreshes();
        assertThat(away.log("shared", NAME))
                .as("it was due, and it could not agree on a refresh")
                .anyMatch(step -> step.path("what").asString().equals("no_bucket"));
        way.mend();
        assertAdopted(known);
    }

    /** The access token of the one that is away has ended when they are over. */
    private void missRefreshes() {
        long before = fleet.ledger.refreshes();
        Await.until(
                LIMIT, PACE, () -> fleet.ledger.refreshes() >= before + MISSED, () -> "the other one does not refresh");
    }

    private void assertAdopted(long known) {
        long begun = System.nanoTime();
        Await.until(away.bound(), PACE, () -> away.generation(NAME) >= known + MISSED, fleet.standing(NAME));
        System.out.printf(
                "adopted after %d ms, of at most %d%n",
                Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                away.bound().toMillis());
        assertNothingIsSpent(known);
        assertThat(away.log("shared", NAME))
                .filteredOn(step -> step.path("what").asString().equals("adopted"))
                .last()
                .satisfies(step -> assertThat(step.path("other").asString()).isEqualTo(atHome.name()));
        Await.until(LIMIT, this::isExplained, () -> "the drift is not explained");
        Await.until(LIMIT, () -> adoptionsCounted() > 0, () -> "the drift is not counted: " + status());
        assertThat(away.serves(NAME)).isTrue();
    }

    /** Not one refresh token was shown twice, and none of those that were is from the one that was away. */
    private void assertNothingIsSpent(long known) {
        assertThat(fleet.auth.counts().reuses()).isZero();
        assertThat(fleet.auth.counts().redemptions())
                .allSatisfy(one -> assertThat(one.times()).isLessThanOrEqualTo(1));
        assertThat(away.log("shared", NAME))
                .filteredOn(step -> step.path("what").asString().equals("refreshed"))
                .extracting(step -> step.path("generation").asLong())
                .allMatch(generation -> generation <= known || generation > known + MISSED);
    }

    /** What a machine did stands in the bucket with its next round. */
    private boolean isExplained() {
        return away.product().runWell("sync", "explain", NAME).output().stream()
                .anyMatch(line -> line.matches(".* " + away.name() + "  took over what " + atHome.name()
                        + " wrote to the bucket .*generation [2-9].*"));
    }

    private int adoptionsCounted() {
        return status().path("trend_24h").path("adopted").asInt();
    }

    private JsonNode status() {
        return Json.read(String.join(
                "", away.product().runWell("sync", "status", "--json").output()));
    }
}
