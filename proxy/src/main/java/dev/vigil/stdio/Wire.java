// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to the proxy: directly, whatever proxies the system names; without following anything; never a request twice. An
 * answer that nobody takes off our hands holds up its own connection only. Any thread.
 */
final class Wire {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Endpoint endpoint;
    private final Executor executor = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "bridge-io");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(executor)
            .build();

    Wire(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Who takes an answer. Called on one thread at a time, and may block. */
    interface Answer {
        /** The status and the headers have come. */
        Pieces head(int status, HttpHeaders headers);
    }

    /** Takes the body of an answer. */
    @FunctionalInterface
    interface Pieces {
        void piece(ByteBuffer piece);

        /** The body is whole. It may as well break off, which only {@link UnderWay} tells. */
        default void end() {}
    }

    String connector() {
        return endpoint.connector();
    }

    /** A request to the connector; empty while no proxy runs. Looks at the disk. */
    Optional<HttpRequest.Builder> request() {
        return endpoint.place()
                .get()
                .map(place -> HttpRequest.newBuilder(place)
                        .header("Authorization", "Bearer " + endpoint.key().reveal())
                        .header("User-Agent", endpoint.agent()));
    }

    UnderWay send(HttpRequest request, Answer answer) {
        AtomicReference<Flow.@Nullable Subscription> body = new AtomicReference<>();
        CompletableFuture<?> whole =
                http.sendAsync(request, info -> new Taking(answer.head(info.statusCode(), info.headers()), body::set));
        return new UnderWay(whole, body);
    }

    /** Runs something later, on a thread that may block. */
    void later(Duration delay, Runnable work) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(work);
    }

    /** Did it fail before anything was sent? */
    static boolean isUnsent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof java.net.http.HttpConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** What went wrong, for a person. */
    static String words(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String said = cause.getMessage();
        return said == null ? cause.getClass().getSimpleName() : said;
    }

    /**
     * A request under way.
     *
     * @param whole completes after the last byte of the answer, or with what went wrong
     */
    record UnderWay(CompletableFuture<?> whole, AtomicReference<Flow.@Nullable Subscription> body) {
        /** Closes its connection. */
        void cancel() {
            whole.cancel(true);
            Flow.Subscription begun = body.get();
            if (begun != null) {
                begun.cancel();
            }
        }
    }

    /** One piece at a time: the next is asked for when the one before has been taken. */
    private static final class Taking implements BodySubscriber<Void> {
        private final Pieces pieces;
        private final Consumer<Flow.Subscription> begins;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        /** Set before anything else is called. */
        private Flow.@Nullable Subscription subscription;

        Taking(Pieces pieces, Consumer<Flow.Subscription> begins) {
            this.pieces = pieces;
            this.begins = begins;
        }

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begins.accept(begun);
            begun.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> next) {
            Flow.Subscription begun = Objects.requireNonNull(subscription, "subscribed first");
            try {
                next.forEach(pieces::piece);
                begun.request(1);
            } catch (RuntimeException e) {
                begun.cancel();
                done.completeExceptionally(e);
            }
        }

        @Override
        public void onError(Throwable failure) {
            done.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            pieces.end();
            done.complete(null);
        }
    }
}
