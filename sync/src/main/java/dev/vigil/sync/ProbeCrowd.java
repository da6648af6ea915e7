// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Threads that begin the same work at the same moment. Called by one thread; they end with {@link #close}. */
final class ProbeCrowd implements AutoCloseable {
    private final int size;
    private final ExecutorService threads;

    ProbeCrowd(int size) {
        this.size = size;
        this.threads = Executors.newFixedThreadPool(size, ProbeCrowd::thread);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Each is told its number; all begin at once, and all have ended when this returns. */
    <T> List<T> together(IntFunction<T> each) {
        CyclicBarrier start = new CyclicBarrier(size);
        List<Future<T>> running = Stream.iterate(0, i -> i + 1)
                .limit(size)
                .map(i -> threads.submit(() -> {
                    start.await();
                    return each.apply(i);
                }))
                .toList();
        List<T> done = new ArrayList<>();
        for (Future<T> one : running) {
            done.add(result(one));
        }
        return done;
    }

    private static <T> T result(Future<T> one) {
        try {
            return one.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.TIMED_OUT, true, "the probe was interrupted", e);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "sync-probe");
        thread.setDaemon(true);
        return thread;
    }
}
