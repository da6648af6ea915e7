// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Many at once. */
final class Together {
    private Together() {}

    /** Does it for all at the same time; the results in their order, or the first failure. */
    static <A, B> List<B> forAll(List<A> all, Function<A, B> task) {
        ExecutorService threads = Executors.newFixedThreadPool(all.size());
        try {
            List<Future<B>> begun = all.stream()
                    .map(one -> threads.submit(() -> task.apply(one)))
                    .toList();
            return begun.stream().map(Together::result).toList();
        } finally {
            threads.shutdownNow();
        }
    }

    private static <B> B result(Future<B> future) {
        try {
            return future.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
