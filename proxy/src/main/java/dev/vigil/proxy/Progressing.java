// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.TimeSource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Progress of our own for one request, where its connector says {@code progress: synthetic} and its client asked for progress
 * and reads events: some clients' limits are lifted by nothing else. Steady while the upstream tells none; over for good as
 * soon as it tells some itself, on this stream or another one of the session, or answers. On the client's event loop only.
 */
final class Progressing {
    /** Is never answered, so nothing is waited for. */
    private static final String LISTEN = "subscriptions/listen";

    private static final String PROGRESS = "notifications/progress";

    /**
     * What holds for all requests of a connector.
     *
     * @param wanted does the config ask for it?
     * @param every the pace: half of the shortest limit that a client is known to have, and less
     */
    record Terms(BooleanSupplier wanted, String connector, Duration every, TimeSource time, ProgressBoard board) {
        static Terms of(ProxyServer.Shared shared, Connector connector) {
            ProxyParts parts = shared.parts();
            return new Terms(
                    () -> parts.facing().apply(connector.name()).syntheticProgress(),
                    connector.name(),
                    parts.pacing().pulse(),
                    parts.time(),
                    shared.progress());
        }
    }

    private final Terms terms;
    private final HttpRequest request;
    private final RequestBody body;
    private final Object listener;
    private final EventLoop loop;
    private final Duration begun;
    private @Nullable Pulse pulse;
    private @Nullable EventScan theirs;
    private long told;
    private boolean over;

    /** @param listener whose other streams may tell of this request, too */
    Progressing(Terms terms, HttpRequest request, RequestBody body, Object listener, EventLoop loop) {
        this.terms = terms;
        this.request = request;
        this.body = body;
        this.listener = listener;
        this.loop = loop;
        this.begun = now();
    }

    /**
     * The client has an event stream.
     *
     * @param say writes an event where one can stand, and drops it elsewhere
     */
    void onStream(Consumer<ByteBuf> say) {
        Optional<String> token = !over && terms.wanted().getAsBoolean() ? token() : Optional.empty();
        if (token.isEmpty()) {
            return;
        }
        Runnable beat = () -> say.accept(StreamWords.progress(token.get(), ++told, terms.connector()));
        terms.board().add(listener, this);
        pulse = Pulse.start(loop, terms.time(), terms.every(), beat);
        if (now().minus(begun).compareTo(terms.every()) >= 0) {
            beat.run(); // the stream came late, and the client has counted from the beginning
        }
    }

    private Optional<String> token() {
        if (!body.isComplete() || !EarlyStream.fits(request, body.scanned())) {
            return Optional.empty();
        }
        return body.scanned().messages().stream()
                .filter(message -> !message.method().equals(Optional.of(LISTEN)))
                .flatMap(message -> message.progressToken().stream())
                .findFirst();
    }

    /** The upstream answers now. */
    void passes(HttpResponse head) {
        if (!ReplayRule.isEvents(head.headers())) {
            stop(); // with the answer itself
        } else if (terms.wanted().getAsBoolean()) {
            theirs = new EventScan(this::hears);
        }
    }

    /** A piece of the upstream's answer. */
    void piece(HttpContent piece) {
        if (theirs != null) {
            theirs.feed(piece.content());
        }
    }

    private void hears(RpcMessage message) {
        boolean progress = message.method().equals(Optional.of(PROGRESS));
        if (progress) {
            terms.board().heard(listener); // of a call beside this one, where this is the session's GET stream
        }
        if (progress || message.method().isEmpty()) {
            stop();
        }
    }

    /** The upstream tells progress itself, perhaps of this request. Any thread. */
    void heardElsewhere() {
        loop.execute(this::stop);
    }

    void stop() {
        over = true;
        if (pulse != null) {
            pulse.stop();
            pulse = null;
            terms.board().remove(listener, this);
        }
    }

    private Duration now() {
        return terms.time().now().monotonic();
    }
}
