// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.TokenFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * {@code vigil refresh} beside the daemon, on one home and at the same moment: both find that a refresh is due and the
 * heartbeat old, one of them is at the token endpoint, the other waits for the lock. For one thread.
 */
final class ChaosCron implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ChaosWorld world;
    private final Child command;
    /** Completes when the token endpoint is to answer; it has spent the refresh token already. */
    private final CompletableFuture<Void> answer;

    private ChaosCron(ChaosWorld world, CompletableFuture<Void> answer) {
        this.world = world;
        this.answer = answer;
        command = start(world);
    }

    private static Child start(ChaosWorld world) {
        world.forgetHeartbeat();
        return world.command("refresh", "--json");
    }

    /** The daemon is at the token endpoint, and the command at the lock. */
    static ChaosCron behindTheDaemon(ChaosWorld world) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        int before = holdNext(world, answer);
        Await.until(LIMIT, () -> world.hearing.strikes() > before, () -> "the daemon does not refresh");
        ChaosCron cron = new ChaosCron(world, answer);
        try {
            Await.until(LIMIT, () -> world.isAtTheLock(cron.command), () -> "never at the lock. " + cron.story());
            return cron;
        } catch (AssertionError e) {
            cron.close();
            throw e;
        }
    }

    private static int holdNext(ChaosWorld world, CompletableFuture<Void> answer) {
        int before = world.hearing.strikes();
        world.faults.next(1, new TokenFault.HoldAfterCommit(() -> answer), ChaosFault.REFRESH);
        return before;
    }

    /** The command is at the token endpoint, and the daemon, which had been stopped and goes on, at the lock. */
    static ChaosCron aheadOfTheDaemon(ChaosWorld world) {
        ChaosCron cron = world.calls.inSilence(() -> whileItIsStopped(world)); // which is another fault's matter
        Await.until(LIMIT, world::isDaemonAtTheLock, () -> "the daemon is never at the lock");
        return cron;
    }

    private static ChaosCron whileItIsStopped(ChaosWorld world) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        world.stopBetweenRefreshes();
        int before = holdNext(world, answer);
        ChaosCron cron = new ChaosCron(world, answer);
        while (!cron.isSent(before)) { // it ended, for nothing was due yet
            cron.expect(0);
            cron = new ChaosCron(world, answer);
        }
        world.goOn();
        return cron;
    }

    /** Is its request at the token endpoint? False when it ended without one. */
    private boolean isSent(int before) {
        Await.until(
                LIMIT,
                () -> world.hearing.strikes() > before || !command.process().isAlive(),
                () -> "neither sends nor ends. " + story());
        return world.hearing.strikes() > before;
    }

    /** The kernel runs nothing of it until {@link #goOn}, while the token endpoint answers the daemon. */
    ChaosCron stopped() {
        ChaosWorld.signal("STOP", command);
        world.mark();
        answered();
        return this;
    }

    ChaosCron goOn() {
        if (!command.process().isAlive()) {
            throw new AssertionError("it was to stand still, and has ended. " + story());
        }
        ChaosWorld.signal("CONT", command);
        return this;
    }

    /** The token endpoint answers. */
    ChaosCron answered() {
        answer.complete(null);
        return this;
    }

    /** Fails unless it ends well and has refreshed so many, which is an incident. */
    void expect(int refreshed) {
        int exit = command.awaitExit(LIMIT);
        JsonNode run = Json.read(command.output().get(0));
        if (exit != 0
                || run.path("refreshed").asInt(-1) != refreshed
                || run.path("incident").asBoolean() != refreshed > 0) {
            throw new AssertionError("ended with " + exit + ", where it was to refresh " + refreshed + ". " + story());
        }
    }

    private String story() {
        return "vigil refresh: " + command.story();
    }

    @Override
    public void close() {
        answer.complete(null);
        if (command.process().isAlive()) {
            ChaosWorld.signal("CONT", command);
        }
        command.close();
    }
}
