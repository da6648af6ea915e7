// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.it.Calls.End;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One field of the matrix: a fault, and callers or none. It begins, stays until it has been felt and is lifted; then calls must
 * succeed again and a refresh must be accepted, with a login where nothing else helps.
 *
 * @param callers 0 for idle: one call before the fault, one when it has been felt, and one a second afterwards
 * @param shared does the daemon keep the login in a bucket, too?
 */
record ChaosCell(ChaosFault fault, int callers, boolean shared) {
    /** A circuit breaker rests for 30 s at first, and a request that nobody answers is given up after 25 s. */
    private static final Duration HEALING = Duration.ofSeconds(90);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    @Override
    public String toString() {
        return fault.title + ", " + (callers == 0 ? "idle" : callers + " callers") + (shared ? ", bucket" : "");
    }

    /** Of access tokens. */
    Duration life() {
        return fault.life(shared);
    }

    /** @param proof for where the login is shared */
    ChaosReport run(Path home, Optional<FakeClock> clock, Supplier<ChaosBucket.Proof> proof) {
        Optional<ChaosBucket.Proof> proved = shared ? Optional.of(proof.get()) : Optional.empty();
        try (ChaosWorld world = new ChaosWorld(home, this, clock, proved)) {
            world.login();
            Await.until(HEALING, () -> world.calls.once().end() == End.OK, () -> "no call succeeds");
            Await.until(HEALING, () -> !shared || world.sharing().hasBegun(), () -> "the bucket never hears of it");
            world.calls.callers(callers);
            long felt = breakAndLift(world);
            Optional<Duration> healing = heal(world);
            return ChaosReport.of(this, world, felt, healing);
        }
    }

    /** How often the fault was felt. */
    private long breakAndLift(ChaosWorld world) {
        fault.begin(world);
        long felt = fault.during(world, () -> awaitFelt(world));
        world.faults.clear();
        fault.lift(world);
        return felt;
    }

    private long awaitFelt(ChaosWorld world) {
        ChaosSign sign = fault.sign;
        Await.until(
                ChaosFault.LIMIT,
                () -> sign.count(world) >= fault.enough,
                () -> this + " is not felt, " + sign.words + ": " + sign.count(world) + " of " + fault.enough);
        if (fault.answer == End.SKIPPED) { // so it outlasts the tokens that were there before
            Await.until(ChaosFault.LIMIT, world.hearing::newestTokenHasEnded, () -> "tokens are renewed all the same");
        }
        if (!fault.silencesTheDaemon()) {
            awaitAnswers(world);
        }
        return sign.count(world);
    }

    /** Each caller has heard what is to be heard while the fault lasts. */
    private void awaitAnswers(ChaosWorld world) {
        long before = world.calls.count(this::isAsItShouldBe);
        Await.until(
                ChaosFault.LIMIT,
                callers == 0 ? Calls.PACE : LOOK_AGAIN,
                () -> callers == 0
                        ? isAsItShouldBe(world.calls.once())
                        : world.calls.count(this::isAsItShouldBe) >= before + callers,
                () -> this + ": callers do not hear " + fault.answer);
    }

    private boolean isAsItShouldBe(Calls.Call call) {
        return call.end() == fault.answer;
    }

    /**
     * How long it took from the end of the fault until a call had succeeded and a refresh too, and the bucket, if any, was read
     * and had the new tokens; empty when it did not.
     */
    private Optional<Duration> heal(ChaosWorld world) {
        Duration begun = monotonic();
        if (fault.needsAPerson()) {
            world.login();
        }
        int accepted = world.auth().counts().refreshes();
        long before = world.refreshed();
        world.calls.callers(Math.max(1, callers));
        boolean healed = Await.within(
                HEALING,
                () -> world.auth().counts().refreshes() > accepted // the log is long, and is read last
                        && world.calls.any(call -> call.end() == End.OK && call.isBegunAfter(begun))
                        && world.refreshed() > before
                        && (!shared || world.sharing().isUpToDate()));
        Duration took = monotonic().minus(begun);
        world.calls.callers(0);
        world.calls.inSilence(() -> {});
        return healed ? Optional.of(took) : Optional.empty();
    }

    private static Duration monotonic() {
        return Duration.ofNanos(System.nanoTime());
    }
}
