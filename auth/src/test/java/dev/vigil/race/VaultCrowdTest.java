// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.TokenVault;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vault objects of their own on one home, with real files and real locks, that refresh the same grant at the same moment. */
class VaultCrowdTest {
    private static final int VAULTS = 4;
    private static final int ROUNDS = 25;
    private static final int ROUNDS_TO_FIND_ONE = 2_000;

    private final Timeline time = new Timeline();
    private final RotatingServer server = new RotatingServer(time, 1);
    private final Crowd crowd = new Crowd(VAULTS);
    private List<TokenVault> vaults = List.of();

    @TempDir
    Path folder;

    @BeforeEach
    void login() {
        Home home = Home.below(folder.resolve("home"));
        vaults = Stream.generate(
                        () -> (TokenVault) Vault.open(home, Optional.empty()).grants())
                .limit(VAULTS)
                .toList();
        vaults.get(0).save(Grants.lasting(Duration.ofHours(1), time.now().wall()));
    }

    @AfterEach
    void close() {
        crowd.close();
    }

    @Test
    void oneOfACrowdRefreshesAndTheOthersAdopt() {
        for (int round = 1; round <= ROUNDS; round++) {
            List<RefreshOutcome> outcomes = refreshAtOnce(UnaryOperator.identity());
            assertThat(outcomes).filteredOn(Refreshed.class::isInstance).hasSize(1);
            assertThat(outcomes).filteredOn(Adopted.class::isInstance).hasSize(VAULTS - 1);
            assertThat(stored().tokens().generation()).isEqualTo(round + 1L).isEqualTo(server.live());
        }
        assertThat(server.reused()).isZero();
    }

    @Test
    void whoReadsMeanwhileNeverSeesAnOlderGenerationAgain() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> newestSeenUntil(over));
        for (int round = 1; round <= ROUNDS; round++) {
            refreshAtOnce(UnaryOperator.identity());
        }
        over.set(true);
        assertThat(reading.get(2, TimeUnit.MINUTES)).isEqualTo(server.live());
    }

    @Test
    void theCrowdFindsClaimsThatKeepNobodyOut() {
        for (int round = 1; round <= ROUNDS_TO_FIND_ONE && server.reused() == 0; round++) {
            refreshAtOnce(UnclaimedVault::new);
        }
        assertThat(server.reused()).isPositive();
    }

    private List<RefreshOutcome> refreshAtOnce(UnaryOperator<TokenVault> seenAs) {
        Grant held = stored();
        time.advance(Duration.ofMinutes(20));
        return crowd.atOnce(number -> () -> RealKeeper.durable(seenAs.apply(vaults.get(number)), server, time)
                .refresh(held));
    }

    private long newestSeenUntil(AtomicBoolean over) {
        long newest = 0;
        while (true) {
            boolean last = over.get();
            long seen = stored().tokens().generation();
            if (seen < newest) {
                throw new AssertionError("generation " + seen + " after " + newest);
            }
            newest = seen;
            if (last) {
                return newest;
            }
        }
    }

    private Grant stored() {
        return vaults.get(0).load("notion").orElseThrow();
    }
}
