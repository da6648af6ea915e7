// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.it.FleetMachine.Heard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Somebody at each machine who calls one connector after the other, all the time. Any thread. */
final class FleetCallers implements AutoCloseable {
    /** Between two calls of one of them: the machine has other work. */
    private static final Duration PACE = Duration.ofMillis(100);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean done = new AtomicBoolean();
    /** Guarded by this, like below. */
    private final List<Heard> loginsWanted = new ArrayList<>();

    private int served;
    private int skipped;
    private int alone;

    FleetCallers(Fleet fleet) {
        fleet.machines().forEach(machine -> threads.execute(() -> call(machine, fleet.connectors())));
    }

    private void call(FleetMachine machine, List<String> connectors) {
        for (int next = 0; !Await.within(PACE, done::get); next++) {
            note(machine.call(connectors.get(next % connectors.size())));
        }
    }

    private synchronized void note(Optional<Heard> heard) {
        if (heard.isEmpty()) {
            alone++;
        } else if (heard.get().isServed()) {
            served++;
        } else {
            skipped++;
            heard.filter(Heard::wantsLogin).ifPresent(loginsWanted::add);
        }
    }

    /** Calls after which a person was asked to log in. */
    synchronized List<Heard> loginsWanted() {
        return List.copyOf(loginsWanted);
    }

    synchronized int served() {
        return served;
    }

    @Override
    public synchronized String toString() {
        return served + " calls served, " + skipped + " skipped, " + loginsWanted.size()
                + " of them asking for a login, " + alone + " to a machine that was down";
    }

    @Override
    public void close() {
        done.set(true);
        threads.shutdown();
    }
}
