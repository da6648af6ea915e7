// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An executor for jobs that block in simulated time. Each job has a thread, but only one thread runs at any moment: whoever
 * starts or wakes a job stands still until it pauses or ends. So the same seed gives the same story, down to the last step,
 * and yet real blocking code runs as it is.
 *
 * <p>Changing threads is what costs real time. So a job that is known to block only for an instant has its time beforehand,
 * and then runs on the caller's thread without a pause.
 */
public final class Turns implements Executor {
    /** Ends a job where it pauses, as a killed process ends: nothing that it does afterwards counts. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final ThreadLocal<Optional<Job>> CURRENT = ThreadLocal.withInitial(Optional::empty);
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "simulated");
        thread.setDaemon(true);
        return thread;
    });

    private final Timeline time;
    private final int atOnce;
    private final Supplier<Optional<Duration>> instant;
    private final Deque<Runnable> queued = new ArrayDeque<>();
    private final Set<Job> running = new LinkedHashSet<>();
    private int forgetsEvery = Integer.MAX_VALUE;
    private int asked;

    /**
     * @param atOnce how many jobs may be under way; others wait for their turn
     * @param instant how long the next job takes, if it needs no pause; asked once for each job
     */
    public Turns(Timeline time, int atOnce, Supplier<Optional<Duration>> instant) {
        this.time = time;
        this.atOnce = atOnce;
        this.instant = instant;
    }

    /** Planted defect: of so many jobs one is never begun. */
    void forgetEvery(int jobs) {
        forgetsEvery = jobs;
    }

    @Override
    public void execute(Runnable task) {
        if (++asked % forgetsEvery == 0) {
            return;
        }
        queued.add(task);
        time.schedule(Duration.ZERO, this::startNext);
    }

    /** Lets simulated time pass, and others run, before the job that calls this goes on. */
    public static void pause(Duration duration) {
        current().pause(duration);
    }

    /** Has the job that calls this had its time beforehand? Then it must not take long. */
    public static boolean isInstant() {
        return current().isInstant;
    }

    private static Job current() {
        return CURRENT.get().orElseThrow(() -> new AssertionError("only a job may block"));
    }

    /** Ends all jobs where they are, as well as the one that calls, if one does: it must throw {@link Killed} itself. */
    public void killAll() {
        queued.clear();
        List<Job> victims = List.copyOf(running);
        victims.forEach(job -> job.killed = true);
        victims.stream().filter(job -> !CURRENT.get().equals(Optional.of(job))).forEach(Job::wake);
    }

    private void startNext() {
        if (running.size() < atOnce && !queued.isEmpty()) {
            Optional<Duration> latency = instant.get();
            Job job = new Job(queued.remove(), latency.isPresent());
            running.add(job);
            latency.ifPresentOrElse(delay -> time.schedule(delay, job::runHere), job::begin);
        }
    }

    private final class Job {
        private final Runnable task;
        private final boolean isInstant;
        private final Semaphore turn = new Semaphore(0);
        private final Semaphore back = new Semaphore(0);
        private Optional<Throwable> failure = Optional.empty();
        private boolean killed;
        private boolean ended;

        Job(Runnable task, boolean isInstant) {
            this.task = task;
            this.isInstant = isInstant;
        }

        void runHere() {
            if (!killed) {
                run();
            }
            landed();
        }

        void begin() {
            THREADS.execute(this::run);
            standStill();
        }

        void wake() {
            if (!ended && !isInstant) {
                turn.release();
                standStill();
            }
        }

        void pause(Duration duration) {
            endIfKilled();
            if (isInstant) {
                return;
            }
            TaskLoop.Timer timer = time.schedule(duration, this::wake);
            back.release();
            turn.acquireUninterruptibly();
            timer.cancel();
            endIfKilled();
        }

        private void run() {
            CURRENT.set(Optional.of(this));
            try {
                task.run();
            } catch (Killed e) {
                // as it was meant
            } catch (RuntimeException | Error e) {
                failure = Optional.of(e);
            } finally {
                CURRENT.remove();
                ended = true;
                back.release();
            }
        }

        private void endIfKilled() {
            if (killed) {
                throw new Killed();
            }
        }

        private void standStill() {
            try {
                if (!back.tryAcquire(5, TimeUnit.MINUTES)) {
                    throw new AssertionError("a job blocks in real time");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
            if (ended) {
                landed();
            }
        }

        private void landed() {
            running.remove(this);
            time.schedule(Duration.ZERO, Turns.this::startNext);
            failure.ifPresent(e -> {
                throw new AssertionError("a job failed", e);
            });
        }
    }
}
