// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.NodeParts.AuthorizationServer.RefreshToken;
import dev.vigil.it.NodeParts.Gate.Counts;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job, with real parts throughout: the official client, the packaged product, a certified authorization server
 * that rotates refresh tokens and ends the grant when one is shown twice, and a gate that asks it about every request.
 */
class MainJobIT {
    private static final int CALLERS = 64;
    private static final int LIFETIMES = 5;

    @Test
    void callsSucceedAcrossTokenLifetimesAndEachTokenIsRedeemedOnce(@TempDir Path home) {
        Duration life = Duration.ofSeconds(10);
        try (NodeParts parts = NodeParts.start(life)) {
            proveThatExpiredTokensAreRefused(parts, life);

            try (LoggedIn vigil = LoggedIn.to(parts, home)) {
                Counts before = parts.gate.counts();
                int calls = callFor(life.multipliedBy(LIFETIMES), vigil);
                Counts after = parts.gate.counts();

                assertThat(calls).isGreaterThan(CALLERS * LIFETIMES);
                assertThat(after.refused()).as("tokens that the gate refused").isEqualTo(before.refused());
            }
            assertEachTokenWasRedeemedOnce(parts);
        }
    }

    @Test
    void callsSucceedWhereTokensEndSoonerThanPromised(@TempDir Path home) {
        Duration patience = Duration.ofSeconds(5);
        try (NodeParts parts = NodeParts.start(Duration.ofHours(1))) {
            parts.gate.patience(patience);

            try (LoggedIn vigil = LoggedIn.to(parts, home)) {
                int calls = callFor(patience.multipliedBy(LIFETIMES), vigil);

                assertThat(calls).isGreaterThan(CALLERS * LIFETIMES);
                assertThat(parts.gate.counts().tooOld())
                        .as("refusals that had to be recovered from")
                        .isGreaterThanOrEqualTo(LIFETIMES - 1);
            }
            assertEachTokenWasRedeemedOnce(parts);
        }
    }

    /** What passes the gate proves something only if the gate refuses what has expired. */
    private static void proveThatExpiredTokensAreRefused(NodeParts parts, Duration life) {
        parts.authorizationServer.accessTokensLive(Duration.ofSeconds(1));
        String token = new HandLogin(parts).tokens().path("access_token").asString();
        parts.authorizationServer.accessTokensLive(life);
        Await.until(
                Duration.ofSeconds(10),
                () -> Mcp.initialize(parts.gate.resource(), token).statusCode() == 401,
                () -> "the gate lets an expired token pass");
    }

    /** Lets every caller call until the time is over. Any failed call is a failed test. */
    private static int callFor(Duration time, LoggedIn vigil) {
        long end = System.nanoTime() + time.toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                String name = "caller-" + caller;
                callers.add(threads.submit(() -> callUntil(end, vigil, name)));
            }
            int calls = 0;
            for (Future<Integer> caller : callers) {
                calls += caller.get();
            }
            System.out.printf(
                    "%d calls by %d callers in %d s, none failed; peak RSS %d MiB%n",
                    calls, CALLERS, time.toSeconds(), vigil.daemon().peakMebibytes());
            return calls;
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** One short call, then one that streams progress for a second, and so on. */
    private static int callUntil(long end, LoggedIn vigil, String name) {
        int calls = 0;
        try (Caller caller = new Caller(vigil.endpoint(), vigil.key())) {
            caller.initialize();
            while (System.nanoTime() < end) {
                String message = name + " call " + calls;
                assertGood(caller.call("echo", Map.of("message", message)), message);
                assertGood(
                        caller.call("trigger-long-running-operation", Map.of("duration", 1, "steps", 2)), "completed");
                calls += 2;
            }
        }
        return calls;
    }

    private static void assertGood(CallToolResult result, String expected) {
        assertThat(result.isError()).as(Caller.text(result)).isNotEqualTo(true);
        assertThat(Caller.text(result)).contains(expected);
    }

    /** In the line of the last login each refresh token but the newest was shown exactly once, and none was shown again. */
    private static void assertEachTokenWasRedeemedOnce(NodeParts parts) {
        List<RefreshToken> tokens = parts.authorizationServer.refreshTokens();
        int login = tokens.get(tokens.size() - 1).grant();
        List<Integer> redeemed = tokens.stream()
                .filter(token -> token.grant() == login)
                .map(RefreshToken::redeemed)
                .toList();

        assertThat(redeemed).as("redemptions by generation").hasSizeGreaterThanOrEqualTo(LIFETIMES);
        assertThat(redeemed.subList(0, redeemed.size() - 1)).containsOnly(1);
        assertThat(redeemed).endsWith(0);
        assertThat(tokens).extracting(RefreshToken::reused).containsOnly(0);
    }
}
