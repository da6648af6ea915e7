// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoAuthServer.Redemption;
import dev.vigil.demo.TokenFault;
import dev.vigil.it.Killed.Aftermath;
import dev.vigil.it.Killed.Call;
import dev.vigil.it.Killed.Fell;
import dev.vigil.it.Killed.Told;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One kill in a lane, and everything that comes after it. Touched by the lane's thread. */
final class KillRun {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** Between two calls; the daemon's own clockwork decides how many there are. */
    private static final Duration PACE = Duration.ofMillis(400);

    private final KillLane lane;
    private final KillPoint point;
    private final Path trace;
    private final List<Call> calls = new ArrayList<>();
    private final int toldBefore;
    private final int refusalsBefore;

    KillRun(KillLane lane, KillPoint point, Path trace) {
        this.lane = lane;
        this.point = point;
        this.trace = trace;
        toldBefore = lane.product.log("answer_lost").size();
        refusalsBefore = refusals();
    }

    /** @param machine a permit is held while starting processes, so that no token ends before it is looked at */
    Killed toTheEnd(Semaphore machine) throws InterruptedException {
        Call held;
        Fell fell;
        Instant end;
        DemoAuthServer.Counts before;
        machine.acquire();
        try {
            held = lane.freshened();
            end = lane.endsAfter();
            before = lane.auth.counts();
            fell = point.aim() instanceof KillPoint.Step step ? atStep(step) : whileHeld((KillPoint.Held) point.aim());
            lane.startAgain();
            calls.add(lane.call());
        } finally {
            machine.release();
        }
        return new Killed(point, held, end, fell, aftermath(held, before));
    }

    private Fell atStep(KillPoint.Step step) {
        byte[] grant = grant();
        int refreshes = lane.auth.counts().refreshes();
        List<String> done;
        try (Strace strace = Strace.killing(
                lane.pid(), step.syscall(), step.nth(), step.only().map(lane.product.home()::resolve), trace)) {
            lane.provokeRefresh();
            lane.awaitDeath();
            done = strace.calls();
        }
        // A trace of one path does not tell of other files: there, what is written counts as synced.
        boolean synced =
                step.only().isPresent() ? isWritten() : Strace.hasDone(done, "fsync", "/grants/.real.sealed.tmp-");
        boolean committed = lane.auth.counts().refreshes() > refreshes;
        boolean aimed = Strace.hasKilledIn(done, step.syscall(), step.where());
        return new Fell(aimed, committed, synced, !Arrays.equals(grant, grant()));
    }

    /** The answer has not left the server, so nothing of it can be on disk. */
    private Fell whileHeld(KillPoint.Held held) {
        byte[] grant = grant();
        int refreshes = lane.auth.counts().refreshes();
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> letGo = new CompletableFuture<>();
        Supplier<CompletionStage<?>> until = () -> {
            asked.complete(null);
            return letGo;
        };
        TokenFault fault =
                held.committed() ? new TokenFault.HoldAfterCommit(until) : new TokenFault.HoldBeforeCommit(until);
        lane.tokenFaults.next(1, fault, "refresh_token");
        lane.provokeRefresh();
        asked.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        lane.kill();
        lane.awaitDeath();
        boolean committed = lane.auth.counts().refreshes() > refreshes;
        Fell fell = new Fell(committed == held.committed(), committed, isWritten(), !Arrays.equals(grant, grant()));
        if (held.letGo()) {
            letGo.complete(null);
            Await.until(LIMIT, () -> lane.auth.counts().refreshes() > refreshes, () -> "the server never commits");
        }
        return fell;
    }

    private Aftermath aftermath(Call held, DemoAuthServer.Counts before) {
        if (point.fate() == KillPoint.Fate.LIVES) {
            calls.add(lane.renewed());
        } else {
            Await.until(
                    LIMIT,
                    PACE,
                    () -> isDecided(held),
                    () -> "nothing happens to the token of " + point.story() + ": " + calls);
            calls.add(lane.call());
        }
        int redemptions = redemptions(held);
        boolean ended = !calls.get(calls.size() - 1).isServed();
        if (ended) {
            lane.login();
        }
        return new Aftermath(
                calls,
                told(),
                redemptions,
                lane.auth.counts().reuses() - before.reuses(),
                refusals() - refusalsBefore,
                lane.auth.counts().logins() - before.logins(),
                lane.call());
    }

    private boolean isDecided(Call held) {
        Call call = lane.call();
        calls.add(call);
        return !call.isServed() || call.isNewerThan(held);
    }

    private int redemptions(Call held) {
        return lane.auth.counts().redemptions().stream()
                .filter(one -> one.grant() == held.grant() && one.generation() == held.generation())
                .mapToInt(Redemption::times)
                .sum();
    }

    private List<Told> told() {
        return lane.product.log("answer_lost").stream()
                .skip(toldBefore)
                .map(line -> new Told(
                        Instant.parse(line.path("time").asString()),
                        Instant.parse(line.path("deadline").asString())))
                .toList();
    }

    private int refusals() {
        return (int) lane.product.log("refresh").stream()
                .filter(line -> line.path("outcome").asString().equals("rejected"))
                .count();
    }

    private byte[] grant() {
        try {
            return Files.readAllBytes(lane.product.home().resolve("grants/real.sealed"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Is there a new grant under another name? */
    private boolean isWritten() {
        try (Stream<Path> files = Files.list(lane.product.home().resolve("grants"))) {
            return files.anyMatch(file -> Checkout.nameOf(file).startsWith(".real.sealed.tmp-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
