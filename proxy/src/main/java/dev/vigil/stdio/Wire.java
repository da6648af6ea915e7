// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * HTTP to the proxy: directly, whatever proxies the system names; without following anything; never a request twice. An
 * answer that nobody takes off our hands holds up its own connection only. Any thread.
 */
final class Wire {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final Endpoint endpoint;
    private final Duration stall;
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

    /** @param stall how long an answer that is in the way of the others may be silent, at least */
    Wire(Endpoint endpoint, Duration stall) {
        this.endpoint = endpoint;
        this.stall = stall;
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

        /** The body is whole; nothing follows. */
        default void end() {}

        /** It broke off, or nobody wants it any more; nothing follows. */
        default void torn() {}

        /** Is what has come in the way of all other answers, until this one ends? */
        default boolean isFlowing() {
            return false;
        }
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

    /** Sends it. A body that stalls while it is in the way of the others is given up. */
    UnderWay send(HttpRequest request, Answer answer) {
        UnderWay underWay = new UnderWay(answer, stall, this::later);
        underWay.follow(http.sendAsync(request, underWay::head));
        return underWay;
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
}
