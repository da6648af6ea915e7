// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream for what a server of 2025-03-26 to 2025-11-25 says by itself: opened after the handshake, opened again whenever
 * it ends, from the last event on, until the server wants none or the session is another one.
 */
final class ListenStream {
    /** Nobody waits for an answer here, and a server may ask for none and close at once, for ever. */
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Parts parts;
    private final Session.Known session;
    private final Events events;
    /** Guarded by this, as all below. */
    private @Nullable UnderWay underWay;

    private boolean closed;
    private boolean unwanted;
    private int failures;

    ListenStream(Parts parts, Session.Known session) {
        this.parts = parts;
        this.session = session;
        this.events = new Events(parts.writer(), this::deliver);
    }

    Session.Known session() {
        return session;
    }

    synchronized void open() {
        if (closed) {
            return;
        }
        try {
            ask();
        } catch (RuntimeException e) { // such as a disk that cannot be read
            again();
        }
    }

    private void ask() {
        Optional<HttpRequest> request = parts.stream(session, events.lastId());
        if (request.isEmpty()) {
            again();
            return;
        }
        underWay = parts.wire().send(request.get(), this::head);
        underWay.whole().whenComplete((done, failure) -> again());
    }

    private synchronized Wire.Pieces head(int status, HttpHeaders headers) {
        boolean stream = headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        if (status == 200 && stream) {
            failures = 0;
            return events.body();
        }
        unwanted = status < 500;
        return piece -> {};
    }

    /** What is no message is not for the client. */
    private void deliver(Outgoing message) {
        if (message.isMessage()) {
            message.send();
        } else {
            message.drop();
        }
    }

    private synchronized void again() {
        if (closed || unwanted) {
            return;
        }
        parts.wire().later(pause(events.pause(), failures), this::open);
        failures++;
    }

    /** As long as the server wants and longer after each failure, but within our bounds. */
    static Duration pause(Duration wanted, int failures) {
        Duration least = wanted.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : wanted;
        Duration pause = least.multipliedBy(1L << Math.min(failures, 5));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    synchronized void close() {
        closed = true;
        if (underWay != null) {
            underWay.cancel();
        }
    }
}
