// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Time and a loop, both moved by hand. A task that is executed runs at once on the calling thread, or, when the loop is
 * already busy, right after what runs now: one at a time and in order, as on a thread of its own. Any thread may call;
 * only one should move time.
 */
public final class Timeline implements TimeSource, TaskLoop {
    private static final Comparator<Scheduled> DUE_FIRST =
            Comparator.comparing(Scheduled::at).thenComparing(Scheduled::order);

    /** Guarded by this. */
    private Instant wall;
    /** Guarded by this. */
    private Duration monotonic = Duration.ofHours(1); // not zero, so that mixing the clocks up shows
    /** Guarded by this. */
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    /** Guarded by this. */
    private final PriorityQueue<Scheduled> timers = new PriorityQueue<>(DUE_FIRST);
    /** Guarded by this. */
    private boolean busy;
    /** Guarded by this. */
    private boolean closed;
    /** Guarded by this. */
    private long ordered;

    public Timeline() {
        this(Instant.parse("2026-11-21T08:00:00Z"));
    }

    public Timeline(Instant start) {
        wall = start;
    }

    @Override
    public synchronized Now now() {
        return new Now(wall, monotonic);
    }

    /** Moves both clocks on, and runs each timer at its own moment on the way. */
    public void advance(Duration by) {
        Duration target = now().monotonic().plus(by);
        for (Optional<Runnable> due = nextDue(target); due.isPresent(); due = nextDue(target)) {
            execute(due.get());
        }
        moveTo(target);
    }

    /** Moves the wall clock only, as sleep or a person at the clock does; no timer runs. May be negative. */
    public synchronized void leap(Duration by) {
        wall = wall.plus(by);
    }

    /** Both clocks go on, and whatever was due meanwhile is late, as in a process that was stopped. */
    public synchronized void standStill(Duration by) {
        moveTo(monotonic.plus(by));
    }

    /** How long until the next timer; empty when none is set. */
    public synchronized Optional<Duration> nextTimer() {
        return Optional.ofNullable(timers.peek()).map(first -> first.at().minus(monotonic));
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (closed) {
                return;
            }
            waiting.add(task);
            if (busy) {
                return;
            }
            busy = true;
        }
        drain();
    }

    @Override
    public synchronized Timer schedule(Duration delay, Runnable task) {
        if (closed) {
            return () -> {};
        }
        Scheduled timer = new Scheduled(monotonic.plus(delay.isNegative() ? Duration.ZERO : delay), ordered++, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    @Override
    public synchronized void close() {
        closed = true;
        waiting.clear();
        timers.clear();
    }

    private void drain() {
        try {
            for (Optional<Runnable> next = poll(); next.isPresent(); next = poll()) {
                next.get().run();
            }
        } catch (RuntimeException | Error e) {
            letGo(); // only here: poll() has let go already when nothing is left, and the next thread may be in
            throw e;
        }
    }

    private synchronized void letGo() {
        busy = false;
    }

    private synchronized Optional<Runnable> poll() {
        Runnable next = waiting.poll();
        if (next == null) {
            busy = false; // in the same breath as the look, or a task added now would wait for ever
        }
        return Optional.ofNullable(next);
    }

    private synchronized Optional<Runnable> nextDue(Duration target) {
        Scheduled first = timers.peek();
        if (first == null || first.at().compareTo(target) > 0) {
            return Optional.empty();
        }
        timers.remove(first);
        moveTo(first.at());
        return Optional.of(first.task());
    }

    private synchronized void moveTo(Duration target) {
        if (target.compareTo(monotonic) > 0) {
            wall = wall.plus(target.minus(monotonic));
            monotonic = target;
        }
    }

    private synchronized void cancel(Scheduled timer) {
        timers.remove(timer);
    }

    private record Scheduled(Duration at, long order, Runnable task) {}
}
