// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What all calls of a bridge share.
 *
 * @param notes hears what a person should know, in whole lines; any thread
 */
record Parts(Wire wire, LineWriter writer, Session session, Dialect dialect, Consumer<String> notes) {
    static Parts of(Wire wire, LineWriter writer, Consumer<String> notes) {
        Session session = new Session();
        return new Parts(wire, writer, session, new Dialect(session, new ToolHeaders()), notes);
    }

    /** Sends a message of the client; empty while no proxy runs. */
    Optional<HttpRequest> post(ClientMessage message, Session.Known known) {
        return wire.request().map(request -> {
            request.header("Content-Type", "application/json")
                    .header("Accept", "application/json, text/event-stream")
                    .POST(message.body().publisher());
            dialect.headers(message, known).forEach(request::setHeader);
            return request.build();
        });
    }

    /** Asks for a stream, from the event after this one on; empty while no proxy runs. */
    Optional<HttpRequest> stream(Session.Known known, Optional<String> lastEvent) {
        return wire.request().map(request -> {
            request.header("Accept", "text/event-stream").GET();
            known.headers().forEach(request::setHeader);
            lastEvent.ifPresent(last -> request.header("Last-Event-ID", last));
            return request.build();
        });
    }
}
