// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.it.Calls.End;
import dev.vigil.it.ChaosFault.Mended;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One field of the matrix: a fault, and callers or none. It begins, stays for a while and is lifted; then calls must succeed
 * again and a refresh must be accepted, with a login where nothing else helps.
 *
 * @param callers 0 for idle: one call before the fault, one at the end of it, and one a second afterwards
 */
record ChaosCell(ChaosFault fault, int callers) {
    /** A circuit breaker rests for 30 s at first, and a request that nobody answers is given up after 25 s. */
    private static final Duration HEALING = Duration.ofSeconds(90);

    @Override
    public String toString() {
        return fault.title + ", " + (callers == 0 ? "idle" : callers + " callers");
    }

    ChaosReport run(Path home, Optional<FakeClock> clock) {
        try (ChaosWorld world = new ChaosWorld(home, fault.reuseGrace(), clock)) {
            world.login();
            Await.until(HEALING, () -> world.calls.once().end() == End.OK, () -> "no call succeeds");
            world.calls.callers(callers);
            breakAndLift(world);
            Optional<Duration> healing = heal(world);
            return ChaosReport.of(this, world, healing);
        }
    }

    private void breakAndLift(ChaosWorld world) {
        fault.begin(world);
        fault.during(world, () -> {
            Await.pass(fault.window());
            if (fault != ChaosFault.PAUSED) { // a stopped daemon cannot answer, and nothing would let it go on
                world.calls.once();
            }
        });
        world.faults.clear();
        fault.lift(world);
    }

    /** How long it took from the end of the fault until a call had succeeded and a refresh too; empty when it did not. */
    private Optional<Duration> heal(ChaosWorld world) {
        Duration begun = monotonic();
        if (fault.mended == Mended.BY_A_PERSON
                || (fault.mended == Mended.BY_A_PERSON_OR_ITSELF && world.needsLogin())) {
            world.login();
        }
        int accepted = world.auth().counts().refreshes();
        long before = world.refreshed();
        world.calls.callers(Math.max(1, callers));
        boolean healed = Await.within(
                HEALING,
                () -> world.auth().counts().refreshes() > accepted // the log is long, and is read last
                        && world.calls.any(call -> call.end() == End.OK && call.isBegunAfter(begun))
                        && world.refreshed() > before);
        Duration took = monotonic().minus(begun);
        world.calls.callers(0);
        world.calls.inSilence(() -> {});
        return healed ? Optional.of(took) : Optional.empty();
    }

    private static Duration monotonic() {
        return Duration.ofNanos(System.nanoTime());
    }
}
