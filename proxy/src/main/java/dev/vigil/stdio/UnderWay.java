// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
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
    /** Guarded by this, as all below. */
    private Wire.Pieces pieces = piece -> {};

    private @Nullable CompletableFuture<?> sent;
    private Flow.@Nullable Subscription body;
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
            sent = exchange;
        }
        exchange.whenComplete((done, why) -> end(why));
    }

    BodySubscriber<Void> head(ResponseInfo info) {
        take(() -> {
            Wire.Pieces begun = answer.head(info.statusCode(), info.headers());
            synchronized (this) {
                pieces = begun;
            }
        });
        return new Taking();
    }

    /** Closes its connection. */
    void cancel() {
        giveUp(new CancellationException());
    }

    private void giveUp(Throwable why) {
        end(why);
        CompletableFuture<?> exchange;
        Flow.Subscription begun;
        synchronized (this) {
            exchange = sent;
            begun = body;
        }
        if (exchange != null) {
            exchange.cancel(true);
        }
        if (begun != null) {
            begun.cancel();
        }
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

    /** Does it, unless all is over. */
    private void take(Runnable step) {
        synchronized (this) {
            if (over) {
                return;
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

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            boolean unwanted;
            synchronized (UnderWay.this) {
                body = begun;
                unwanted = over;
            }
            if (unwanted) {
                begun.cancel();
            } else {
                begun.request(1);
            }
        }

        @Override
        public void onNext(List<ByteBuffer> next) {
            take(() -> next.forEach(pieces::piece));
            Flow.Subscription begun;
            synchronized (UnderWay.this) {
                begun = over ? null : body;
            }
            if (begun != null) {
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
