// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Refreshes under way, at most one per connector, and who waits for them. Work runs on {@code io} and comes home to
 * {@code loop}; everything else is touched on {@code loop} only.
 */
final class Flights {
    private final TaskLoop loop;
    private final Executor io;
    private final Map<String, CompletableFuture<Authorization>> underWay = new HashMap<>();

    Flights(TaskLoop loop, Executor io) {
        this.loop = loop;
        this.io = io;
    }

    /** What waits for this connector's refresh; empty when none is under way. */
    Optional<CompletableFuture<Authorization>> of(String connector) {
        return Optional.ofNullable(underWay.get(connector));
    }

    /**
     * Begins one.
     *
     * @param rest how long the work itself waits; who joins waits with it
     * @param settle is given the outcome on {@code loop}, before anybody who waits hears of it
     */
    void begin(String connector, Duration rest, Supplier<RefreshOutcome> work, Consumer<RefreshOutcome> settle) {
        underWay.put(connector, new CompletableFuture<>());
        Runnable job = () -> {
            RefreshOutcome outcome = outcomeOf(work);
            loop.execute(() -> settle.accept(outcome));
        };
        if (rest.isZero()) {
            io.execute(job);
        } else {
            loop.schedule(rest, () -> io.execute(job));
        }
    }

    /** Completes {@code done} when this connector's refresh is over, or with what holds now where none is under way. */
    void join(String connector, CompletableFuture<Authorization> done, Authorization now) {
        of(connector).ifPresentOrElse(flight -> flight.thenAccept(done::complete), () -> done.complete(now));
    }

    /** It is over; those who waited go on with what holds now. */
    void landed(String connector, Authorization now) {
        Optional.ofNullable(underWay.remove(connector)).ifPresent(waiting -> waiting.complete(now));
    }

    /** A bug in a refresher must not leave waiters waiting for ever. */
    private static RefreshOutcome outcomeOf(Supplier<RefreshOutcome> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            return new RefreshOutcome.Unanswered("internal error: " + e);
        }
    }
}
