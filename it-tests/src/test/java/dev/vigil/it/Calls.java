// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Callers of one endpoint, each with one tool call at a time, all of them at the same moment once a second. Every call is
 * noted with its end. Any thread.
 */
final class Calls implements AutoCloseable {
    /** Within this every call is to be answered, whatever is broken behind the proxy. */
    static final Duration BOUND = Duration.ofSeconds(15);

    static final Duration PACE = Duration.ofSeconds(1);
    private static final String BODY = """
            {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{},"_meta":{
             "io.modelcontextprotocol/protocolVersion":"2026-07-28",
             "io.modelcontextprotocol/clientCapabilities":{}}}}""";

    private final String endpoint;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    /** Guarded by this. */
    private final List<Call> ended = new ArrayList<>();
    /** Guarded by this. */
    private int underWay;
    /** Guarded by this. */
    private int callers;

    Calls(String endpoint) {
        this.endpoint = endpoint;
        pace.scheduleAtFixedRate(this::burst, 0, PACE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How a call ended. */
    enum End {
        OK,
        /** Answered by the proxy, which may try again by itself. */
        SKIPPED,
        /** Answered by the proxy: a person has to log in. */
        LOGIN_WANTED,
        /** Not answered within the bound. */
        HUNG,
        /** Anything else. */
        BROKEN
    }

    /**
     * @param begun on the monotonic clock
     * @param detail what was answered, where it was no success
     */
    record Call(Duration begun, Duration took, End end, String detail) {
        boolean isBegunAfter(Duration time) {
            return begun.compareTo(time) > 0;
        }

        boolean isEndedBefore(Duration time) {
            return begun.plus(took).compareTo(time) < 0;
        }
    }

    /** From the next second on so many call. */
    synchronized void callers(int wanted) {
        callers = wanted;
    }

    synchronized int callers() {
        return callers;
    }

    /** Those that have no answer yet. */
    synchronized int waiting() {
        return underWay;
    }

    /** Nobody calls while this runs, and nobody waits for an answer. */
    void inSilence(Runnable task) {
        inSilence(() -> {
            task.run();
            return true;
        });
    }

    /** As above. */
    <T> T inSilence(Supplier<T> task) {
        int before = callers();
        callers(0);
        Await.until(BOUND.multipliedBy(2), () -> waiting() == 0, () -> "calls do not end");
        T done = task.get();
        callers(before);
        return done;
    }

    /** One call, now. */
    Call once() {
        return call().join();
    }

    /** Those that have ended. */
    synchronized List<Call> ended() {
        return List.copyOf(ended);
    }

    synchronized long count(Predicate<Call> wanted) {
        return ended.stream().filter(wanted).count();
    }

    synchronized boolean any(Predicate<Call> wanted) {
        return ended.stream().anyMatch(wanted);
    }

    /** A caller who still waits for an answer does not call. */
    private synchronized void burst() {
        int free = callers - underWay;
        for (int i = 0; i < free; i++) {
            call();
        }
    }

    private synchronized CompletableFuture<Call> call() {
        underWay++;
        Duration begun = monotonic();
        return Web.sendLater(request()).handle((answer, failure) -> {
            Duration took = monotonic().minus(begun);
            return note(failure == null ? judged(begun, took, answer) : failed(begun, took, failure));
        });
    }

    private synchronized Call note(Call call) {
        underWay--;
        ended.add(call);
        return call;
    }

    private HttpRequest.Builder request() {
        return Mcp.posting(endpoint, BODY)
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/call")
                .header("Mcp-Name", "whoami")
                .timeout(BOUND);
    }

    private static Call failed(Duration begun, Duration took, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return new Call(
                begun, took, cause instanceof HttpTimeoutException ? End.HUNG : End.BROKEN, String.valueOf(cause));
    }

    private static Call judged(Duration begun, Duration took, HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            return new Call(begun, took, End.BROKEN, answer.statusCode() + ": " + answer.body());
        }
        if (Json.read(answer.body()).path("result").has("structuredContent")) {
            return new Call(begun, took, End.OK, "");
        }
        return new Call(begun, took, own(Mcp.skip(answer)), answer.body());
    }

    /** What an answer of the proxy's own asks for. */
    private static End own(JsonNode skip) {
        String kind = skip.path("kind").asString("");
        if (skip.path("retryable").asBoolean(false)) {
            return kind.startsWith("authorization_") ? End.SKIPPED : End.BROKEN;
        }
        boolean wantsPerson =
                skip.path("action").asString("").startsWith("vigil login") || kind.startsWith("authorization_");
        return wantsPerson ? End.LOGIN_WANTED : End.BROKEN;
    }

    private static Duration monotonic() {
        return Duration.ofNanos(System.nanoTime());
    }

    @Override
    public void close() {
        pace.shutdownNow();
    }
}
