// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Connector;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How the taker speaks to a server, with the connector's current token. */
public interface Wire {

    /**
     * A request.
     *
     * @param method of HTTP
     * @param body JSON; empty for none
     * @param at where it goes, at the connector's origin; empty for the connector's endpoint
     */
    record Call(
            Connector connector,
            Owner owner,
            String method,
            Map<String, String> headers,
            String body,
            Optional<URI> at) {
        public Call {
            headers = Map.copyOf(headers);
        }

        public Call(Connector connector, Owner owner, String method, Map<String, String> headers, String body) {
            this(connector, owner, method, headers, body, Optional.empty());
        }
    }

    /** Hears the answer. Called on a thread of the wire; for {@link #send}, before it returns. */
    interface Ear {
        /**
         * @param header the first value of a header
         * @return whether that is enough
         */
        boolean head(int status, Function<String, Optional<String>> header);

        /** @return whether that is enough, so that a stream which stays open need not be waited for */
        boolean piece(byte[] bytes);

        /** Nothing more will come, for a reason or without one. Only of {@link #listen}. */
        default void end(Optional<String> reason) {}
    }

    /** A stream that is open until it is closed. */
    interface Stream extends AutoCloseable {
        /** Quick; any thread. */
        @Override
        void close();
    }

    /**
     * Sends a request and hears the answer to its end, or until {@code ear} has enough. Sends nothing unless the token at hand
     * belongs to {@code call.owner()}. A refused token is told to its keeper, and the request sent once more with a newer one.
     * Blocks, for about {@code limit} at most; never throws.
     *
     * @return why there is no whole answer, in a few words without secrets
     */
    Optional<String> send(Call call, Ear ear, Duration limit);

    /** As {@link #send}, but does not wait: {@code ear} is called on a thread of the wire, until it hears the end. */
    Stream listen(Call call, Ear ear, Duration limit);
}
