// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.OwnAnswer;
import dev.vigil.proxy.SkipReply;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One line of the client on its way through the proxy: sent ({@link #send}); its answer passed on message by message
 * ({@link Reception}); at the end ({@link #ended}) the stream is taken up again, the session
 * begun anew, or whoever still waits is told why in vain.
 *
 * <p>Sent a second time only if the proxy refused it for want of a session. What comes of an exchange is serial, and the next
 * begins when the one before has ended; {@link #cancel} may come from any thread.
 */
final class Call {
    private final Parts parts;
    private final BridgeTrouble trouble;
    private final ClientMessage message;
    private final Waiting waiting;
    private final boolean silent;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicReference<@Nullable UnderWay> underWay = new AtomicReference<>();
    private final Reception reception;
    private Session.Known shown = Session.Known.NONE;
    private boolean renewed;
    private boolean resuming;

    /** @param silent the client hears nothing of it: the handshake of a session that is begun anew */
    Call(Parts parts, ClientMessage message, boolean silent) {
        this.parts = parts;
        this.trouble = new BridgeTrouble(parts.wire().connector());
        this.message = message;
        this.silent = silent;
        this.waiting = new Waiting(message.requests());
        this.reception = new Reception(parts, message, silent, waiting, () -> over.complete(null));
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
            fail(trouble.unreachable(Wire.words(e)));
        }
    }

    private void post(Session.Known known) {
        Optional<HttpRequest> request = parts.post(message, known);
        if (request.isPresent()) {
            go(request.get(), reception::head);
        } else {
            fail(trouble.unreachable("no daemon is running any more"));
        }
    }

    private void go(HttpRequest request, Wire.Answer answer) {
        UnderWay begun = parts.wire().send(request, answer);
        underWay.set(begun);
        begun.whole().whenComplete((done, failure) -> ended(failure));
        if (reception.isStopped()) {
            begun.cancel();
        }
    }

    private void ended(@Nullable Throwable failure) {
        try {
            conclude(failure);
        } catch (RuntimeException e) {
            fail(trouble.lost(String.valueOf(e)));
        }
    }

    private void conclude(@Nullable Throwable failure) {
        Optional<Refusal> refusal = reception.takeRefusal();
        boolean answered = waiting.isNobody() && !message.requests().isEmpty();
        if (reception.isStopped() || answered) {
            over.complete(null);
        } else if (failure != null && !resuming && Wire.isUnsent(failure)) {
            fail(trouble.unreachable(Wire.words(failure)));
        } else if (refusal.isPresent() && failure == null) {
            refused(refusal.get());
        } else if (waiting.isNobody() && failure == null) {
            over.complete(null);
        } else if (reception.isResumable()) {
            parts.wire().later(reception.events().pause(), this::resume);
        } else {
            fail(trouble.lost(failure == null ? "the stream ended without it" : Wire.words(failure)));
        }
    }

    private void refused(Refusal refusal) {
        if (refusal.status() == 404 && isOfASession() && !renewed) {
            renewed = true;
            Function<ClientMessage, CompletableFuture<Void>> post = this::postSilently;
            parts.session().renewed(shown, post).whenComplete((known, why) -> {
                if (why == null) {
                    send(known);
                } else {
                    fail(trouble.sessionOver(Wire.words(why)));
                }
            });
        } else if (refusal.status() / 100 == 2 && waiting.isNobody()) {
            over.complete(null); // 202, the usual answer to a notification
        } else if (silent || waiting.isNobody()) {
            fail(refusal.asError(trouble));
        } else {
            waiting.takeAll().forEach(id -> parts.writer().line(refusal.to(id, message.tool(), trouble)));
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

    private void resume() {
        if (reception.isStopped()) {
            return; // cancelled meanwhile
        }
        resuming = true;
        try {
            askForTheRest();
        } catch (RuntimeException e) {
            fail(trouble.lost(Wire.words(e)));
        }
    }

    private void askForTheRest() {
        Optional<HttpRequest> request = parts.stream(shown, reception.events().lastId());
        if (request.isPresent()) {
            go(request.get(), reception::resumed);
        } else {
            fail(trouble.lost("no daemon is running any more"));
        }
    }

    private void fail(OwnAnswer error) {
        if (silent) {
            over.completeExceptionally(new IllegalStateException(error.headline()));
            return;
        }
        if (message.requests().isEmpty()) {
            parts.notes()
                    .accept(message.first().method().orElse("a response") + " was not delivered: " + error.headline());
        }
        waiting.takeAll().forEach(id -> parts.writer().line(SkipReply.error(id, message.tool(), error)));
        over.complete(null);
    }

    /** The client wants no answer to this request any more. Ends the exchange, unless others of its batch still wait. */
    void cancel(String id) {
        waiting.answered(id);
        if (waiting.isNobody()) {
            close();
        }
    }

    /** Ends it at once and without a word. */
    void close() {
        reception.stop();
        waiting.takeAll();
        UnderWay now = underWay.get();
        if (now != null) {
            now.cancel();
        }
        over.complete(null);
    }
}
