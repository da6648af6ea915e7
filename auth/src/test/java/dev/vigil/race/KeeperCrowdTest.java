// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The keeper on the loop that the daemon gives it, a thread of its own, with a crowd that asks at the same moment. */
class KeeperCrowdTest {
    private static final int CALLERS = 8;
    private static final int ROUNDS = 200;
    /** A race that is there shows in a few rounds; so many only on a machine that never lets two threads run at once. */
    private static final int ROUNDS_TO_FIND_ONE = 20_000;

    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final Grant first = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final RotatingServer server = new RotatingServer(time, 1);
    private final ExecutorService refreshIo = Executors.newFixedThreadPool(4);
    private final TaskLoop loop = TaskLoop.named("token-keeper");
    private final Crowd crowd = new Crowd(CALLERS);

    @AfterEach
    void close() {
        crowd.close();
        loop.close();
        refreshIo.shutdownNow();
    }

    @Test
    void eachRoundOfACrowdCostsOneRefreshAndEverybodyGetsItsToken() throws Exception {
        vault.appear(first);
        RealKeeper keeper = new RealKeeper(loop, refreshIo, time, vault, RealKeeper.durable(vault, server, time));
        keeper.begin().toCompletableFuture().get(1, TimeUnit.MINUTES);
        for (int round = 1; round <= ROUNDS; round++) {
            time.advance(Duration.ofMinutes(20)); // or the budget of refreshes would end the test
            assertThat(answersTo(keeper, round)).containsOnly(round + 1L).hasSize(CALLERS);
            assertThat(server.sent()).isEqualTo(round);
        }
        assertThat(server.reused()).isZero();
        assertThat(vault.load("notion").orElseThrow().tokens().generation()).isEqualTo(server.live());
    }

    @Test
    void theCrowdFindsAKeeperThatLooksBeforeItIsOnItsLoop() throws Exception {
        SingleFlight planted = new PlantedKeepers.Eager(loop, Runnable::run, server, first);
        int mostInOneRound = 0;
        for (int round = 0; round < ROUNDS_TO_FIND_ONE && mostInOneRound < 2; round++) {
            int before = server.sent();
            long used = planted.look().tokens().generation();
            crowd.atOnce(number -> () -> planted.newerThan(used));
            CompletableFuture.runAsync(() -> {}, loop)
                    .get(1, TimeUnit.MINUTES); // all of this round has been sent by now
            mostInOneRound = server.sent() - before;
        }
        assertThat(mostInOneRound).isGreaterThanOrEqualTo(2);
    }

    private List<Long> answersTo(SingleFlight keeper, long used) {
        return crowd.atOnce(number -> () -> keeper.newerThan(used)
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES)
                .tokens()
                .generation());
    }
}
