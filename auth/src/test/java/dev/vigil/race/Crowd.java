// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Real threads that do the same thing at the same moment, again and again. */
final class Crowd implements AutoCloseable {
    /** Far more than anything here takes, also on a machine that is busy with something else. */
    private static final long LIMIT_SECONDS = 120;

    private final int size;
    private final ExecutorService threads;
    private final CyclicBarrier start;

    Crowd(int size) {
        this.size = size;
        threads = Executors.newFixedThreadPool(size);
        start = new CyclicBarrier(size);
    }

    /** What each of them got, who did what {@code each} says for its number, once all were there. */
    <T> List<T> atOnce(IntFunction<Callable<T>> each) {
        List<Future<T>> running = IntStream.range(0, size)
                .mapToObj(number -> threads.submit(() -> {
                    start.await(LIMIT_SECONDS, TimeUnit.SECONDS);
                    return each.apply(number).call();
                }))
                .toList();
        return running.stream().map(Crowd::ended).toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static <T> T ended(Future<T> one) {
        try {
            return one.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError("one of the crowd did not end well", e);
        }
    }
}
