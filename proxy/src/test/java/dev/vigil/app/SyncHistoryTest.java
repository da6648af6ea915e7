// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.sync.SharedStep;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SyncRound;
import dev.vigil.sync.SyncRound.Outcome;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncHistoryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path folder;

    private SyncHistory history;

    @BeforeEach
    void open() {
        history = SyncHistory.of(Vault.open(Home.below(folder.resolve("home")), Optional.empty()));
    }

    @Test
    void whatARoundAdoptsCountsOnce() {
        history.add(step(What.ADOPTED), NOW);
        history.add(round(step(What.ADOPTED)));
        history.add(round());
        history.flush();

        assertThat(trend().adopted()).isEqualTo(1);
        assertThat(trend().attempted()).isEqualTo(2);
    }

    @Test
    void whatARefreshAdoptsOrPushesBetweenRoundsCountsToo() {
        history.add(step(What.ADOPTED), NOW);
        history.add(step(What.PUSHED), NOW);
        history.add(round());
        history.add(round());
        history.flush();

        assertThat(trend().adopted()).isEqualTo(1);
        assertThat(trend().pushed()).isEqualTo(1);
        assertThat(trend().attempted()).isEqualTo(2);
    }

    @Test
    void rollBacksOfLoginsAndOfTheKeyRingAreCounted() {
        history.add(step(What.ROLLED_BACK), NOW);
        history.add(step(What.ROLLED_BACK), NOW.minusSeconds(2));
        history.add(round(step(What.ROLLED_BACK)));
        history.add(round(Optional.of("somebody has put back an older key ring")));
        assertThat(trend().rolledBack()).isEqualTo(2);
    }

    private SyncTrend trend() {
        return history.since(NOW.minusSeconds(1));
    }

    private static SharedStep step(What what) {
        return new SharedStep("real", what, 1, 2, Optional.of("laptop"), Optional.empty());
    }

    private static SyncRound round(SharedStep... steps) {
        return round(Optional.empty(), steps);
    }

    private static SyncRound round(Optional<String> warning, SharedStep... steps) {
        return new SyncRound(
                NOW,
                Duration.ofMillis(5),
                Outcome.ATTEMPTED,
                Optional.empty(),
                List.of("real"),
                List.of(steps),
                List.of(),
                0,
                warning);
    }
}
