// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request under way. One piece of its answer is taken at a time, and however it ends, whoever takes the answer hears of the
 * end once, after the last piece and never beside one. {@link #cancel} may come from any thread and does not wait.
 */
final class UnderWay {
    private final Wire.Answer answer;
    private final Duration stall;
    private final BiConsumer<Duration, Runnable> later;
    private final CompletableFuture<Void> whole = new CompletableFuture<>();
    /** Who takes the body. Touched by one step of the answer after the other. */
    private Wire.Pieces pieces = piece -> {};
    /** What closes the connection. Guarded by this, as all below. */
    private final List<Runnable> ends = new ArrayList<>();

    private @Nullable Throwable failure;
    private boolean taking;
    private boolean over;
    private boolean flowing;
    private boolean watched;
    private long taken;

    UnderWay(Wire.Answer answer, Duration stall, BiConsumer<Duration, Runnable> later) {
        this.answer = answer;
        this.stall = stall;
        this.later = later;
    }

    /** Completes after the last byte of the answer has been taken, or with what went wrong. */
    CompletableFuture<Void> whole() {
        return whole;
    }

    void follow(CompletableFuture<?> exchange) {
        synchronized (this) {
            ends.add(() -> exchange.cancel(true));
        }
        exchange.whenComplete((done, why) -> end(why));
    }

    BodySubscriber<Void> head(ResponseInfo info) {
        take(() -> pieces = answer.head(info.statusCode(), info.headers()));
        return new Taking();
    }

    /** Closes its connection. */
    void cancel() {
        giveUp(new CancellationException());
    }

    private void giveUp(Throwable why) {
        end(why);
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(ends);
        }
        all.forEach(Runnable::run);
    }

    private void end(@Nullable Throwable why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            failure = why;
            if (taking) {
                return; // whoever takes it goes on
            }
        }
        conclude();
    }

    private void conclude() {
        if (failure == null) {
            whole.complete(null);
            return;
        }
        try {
            pieces.torn();
        } finally {
            whole.completeExceptionally(failure);
        }
    }

    /** Does it, unless all is over. Does more follow? */
    private boolean take(Runnable step) {
        synchronized (this) {
            if (over) {
                return false;
            }
            taking = true;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            giveUp(e);
        }
        boolean last;
        synchronized (this) {
            taking = false;
            taken++;
            flowing = pieces.isFlowing();
            last = over;
        }
        if (last) {
            conclude();
        } else {
            watch();
        }
        return !last;
    }

    private void watch() {
        long now;
        synchronized (this) {
            if (!flowing || watched) {
                return;
            }
            watched = true;
            now = taken;
        }
        later.accept(stall, () -> look(now));
    }

    private void look(long before) {
        boolean stalled;
        synchronized (this) {
            watched = false;
            stalled = flowing && !taking && taken == before;
        }
        if (stalled) {
            giveUp(new IOException("nothing came for " + stall.toSeconds() + " s in the middle of it"));
        } else {
            watch();
        }
    }

    /** The next piece is asked for when the one before has been taken. */
    private final class Taking implements BodySubscriber<Void> {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        /** Set before anything else is called. */
        private Flow.@Nullable Subscription body;

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            body = begun;
            synchronized (UnderWay.this) {
                ends.add(begun::cancel);
            }
            if (take(() -> {})) {
                begun.request(1);
            } else {
                begun.cancel();
            }
        }

        @Override
        public void onNext(List<ByteBuffer> next) {
            Flow.Subscription begun = Objects.requireNonNull(body, "subscribed first");
            if (take(() -> next.forEach(pieces::piece))) {
                begun.request(1);
            }
        }

        @Override
        public void onError(Throwable why) {
            done.completeExceptionally(why);
        }

        @Override
        public void onComplete() {
            take(pieces::end);
            done.complete(null);
        }
    }
}
