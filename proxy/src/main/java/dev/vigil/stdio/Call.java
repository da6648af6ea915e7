// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of the client on its way through the proxy: sent ({@link #send}); its answer judged by the head ({@link #head})
 * and passed on message by message ({@link #deliver}); at the end ({@link #ended}) the stream is taken up again, the session
 * begun anew, or whoever still waits is told why in vain.
 *
 * <p>Sent a second time only if the proxy refused it for want of a session. What comes of an exchange is serial, and the next
 * begins when the one before has ended; {@link #cancel} may come from any thread.
 */
final class Call {
    /** How often in a row a stream is taken up again that brings nothing. */
    private static final int FRUITLESS = 5;

    private final Parts parts;
    private final ClientMessage message;
    private final Waiting waiting;
    private final boolean silent;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicReference<Wire.@Nullable UnderWay> underWay = new AtomicReference<>();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final Events events;
    private Session.Known shown = Session.Known.NONE;
    private @Nullable Refusal refusal;
    private boolean renewed;
    private int fruitless;

    /** @param silent the client hears nothing of it: the handshake of a session that is begun anew */
    Call(Parts parts, ClientMessage message, boolean silent) {
        this.parts = parts;
        this.message = message;
        this.silent = silent;
        this.waiting = new Waiting(message.requests());
        this.events = new Events(parts.writer(), this::deliver);
    }

    /** Completes when nobody waits for anything of it any more; for a silent one, with what went wrong. */
    CompletableFuture<Void> over() {
        return over;
    }

    ClientMessage message() {
        return message;
    }

    void begin() {
        send(parts.session().now());
    }

    private void send(Session.Known known) {
        shown = known;
        try {
            post(known);
        } catch (RuntimeException e) { // such as a session id that cannot stand in a header
            fail(OwnError.unreachable(words(e), Optional.empty()));
        }
    }

    private void post(Session.Known known) {
        Optional<HttpRequest> request = parts.post(message, known);
        if (request.isPresent()) {
            go(request.get(), this::head);
        } else {
            fail(OwnError.unreachable("no daemon is running any more", Optional.of("vigil run --background")));
        }
    }

    private void go(HttpRequest request, Wire.Answer answer) {
        refusal = null;
        Wire.UnderWay begun = parts.wire().send(request, answer);
        underWay.set(begun);
        begun.whole().whenComplete((done, failure) -> ended(failure));
        if (cancelled.get()) {
            begun.cancel();
        }
    }

    private Wire.Pieces head(int status, HttpHeaders headers) {
        String type = headers.firstValue("Content-Type").orElse("");
        if (status / 100 != 2) {
            return refusedBy(new Refusal(status, type));
        }
        if (message.is("initialize")) {
            parts.session().begun(headers.firstValue(Session.ID));
        }
        if (type.startsWith("text/event-stream")) {
            return events.body();
        }
        if (type.startsWith("application/json")) {
            return new Whole(new Outgoing(parts.writer()), this::deliver);
        }
        return refusedBy(new Refusal(status, type));
    }

    private Wire.Pieces refusedBy(Refusal one) {
        refusal = one;
        return one;
    }

    private void deliver(Outgoing answer) {
        if (!answer.isMessage() || cancelled.get()) {
            answer.drop();
            return;
        }
        answer.bytes().ifPresent(bytes -> parts.dialect().learn(message, bytes));
        if (silent) {
            answer.drop();
        } else {
            answer.send();
        }
        answer.answers().forEach(waiting::answered);
        if (waiting.isNobody() && !message.requests().isEmpty()) {
            over.complete(null);
        }
    }

    private void ended(@Nullable Throwable failure) {
        try {
            conclude(failure);
        } catch (RuntimeException e) {
            fail(OwnError.lost(String.valueOf(e)));
        }
    }

    private void conclude(@Nullable Throwable failure) {
        events.tornOff();
        if (cancelled.get()) {
            over.complete(null);
        } else if (failure != null && Wire.isUnsent(failure)) {
            fail(OwnError.unreachable(words(failure), Optional.of("vigil run --background")));
        } else if (refusal != null && failure == null) {
            refused(refusal);
        } else if (waiting.isNobody() && (failure == null || !message.requests().isEmpty())) {
            over.complete(null);
        } else if (isResumable()) {
            parts.wire().later(events.pause(), this::resume);
        } else {
            fail(OwnError.lost(failure == null ? "the stream ended without it" : words(failure)));
        }
    }

    private void refused(Refusal why) {
        if (why.status() == 404 && isOfASession() && !renewed) {
            renewed = true;
            Function<ClientMessage, CompletableFuture<Void>> post = this::postSilently;
            parts.session().renewed(shown, post).whenComplete((known, trouble) -> {
                if (trouble == null) {
                    send(known);
                } else {
                    fail(OwnError.sessionLost(words(trouble)));
                }
            });
        } else if (why.status() / 100 == 2 && waiting.isNobody()) {
            over.complete(null); // 202, the usual answer to a notification
        } else if (silent || waiting.isNobody()) {
            fail(why.asError());
        } else {
            waiting.takeAll()
                    .forEach(id -> parts.writer().line(why.to(id, parts.wire().connector())));
            over.complete(null);
        }
    }

    /** The handshake itself is of none. */
    private boolean isOfASession() {
        return shown.id().isPresent() && !silent && !message.is("initialize");
    }

    private CompletableFuture<Void> postSilently(ClientMessage handshake) {
        Call call = new Call(parts, handshake, true);
        call.begin();
        return call.over();
    }

    /** Only where the server gave its events ids, as those of 2025-11-25 do that close a stream to be asked again. */
    private boolean isResumable() {
        fruitless = events.anyEvent() ? 0 : fruitless + 1;
        return events.lastId().isPresent()
                && fruitless <= FRUITLESS
                && !parts.dialect().isModern(message);
    }

    private void resume() {
        Optional<HttpRequest> request = parts.stream(shown, events.lastId());
        if (request.isPresent()) {
            go(request.get(), this::resumed);
        } else {
            fail(OwnError.lost("no daemon is running any more"));
        }
    }

    private Wire.Pieces resumed(int status, HttpHeaders headers) {
        boolean stream = headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        return status == 200 && stream ? events.body() : refusedBy(new Refusal(status, "lost"));
    }

    private void fail(OwnError error) {
        if (silent) {
            over.completeExceptionally(new IllegalStateException(error.headline()));
            return;
        }
        if (message.requests().isEmpty()) {
            parts.notes()
                    .accept(message.first().method().orElse("a response") + " was not delivered: " + error.headline());
        }
        waiting.takeAll()
                .forEach(id -> parts.writer().line(error.to(id, parts.wire().connector())));
        over.complete(null);
    }

    private static String words(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String said = cause.getMessage();
        return said == null ? cause.getClass().getSimpleName() : said;
    }

    /** The client wants no answer any more: in 2026-07-28 the connection says so, before it a notification of its own. */
    void cancel() {
        waiting.takeAll();
        if (!parts.dialect().isModern(message)) {
            over.complete(null);
            return;
        }
        close();
    }

    /** Ends it at once and without a word. */
    void close() {
        cancelled.set(true);
        waiting.takeAll();
        Wire.UnderWay now = underWay.get();
        if (now != null) {
            now.cancel();
        }
        over.complete(null);
    }
}
