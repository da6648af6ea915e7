// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The session of a client of 2025-03-26 to 2025-11-25: what its handshake led to, and the handshake itself, for the day on
 * which the session is gone. Any thread.
 */
final class Session {
    static final String ID = "Mcp-Session-Id";

    /** Guarded by this, as all below. */
    private Known known = Known.NONE;

    private @Nullable ClientMessage initialize;
    private @Nullable ClientMessage initialized;
    private @Nullable CompletableFuture<Known> renewal;

    /**
     * What every later request shows.
     *
     * @param id empty where the server keeps no sessions
     * @param version that was agreed on
     */
    record Known(Optional<String> id, Optional<String> version) {
        static final Known NONE = new Known(Optional.empty(), Optional.empty());

        Map<String, String> headers() {
            Map<String, String> headers = new LinkedHashMap<>();
            version.ifPresent(agreed -> headers.put(MirrorHeaders.VERSION, agreed));
            id.ifPresent(minted -> headers.put(ID, minted));
            return headers;
        }
    }

    synchronized Known now() {
        return known;
    }

    /** Has the client begun with {@code initialize}? */
    synchronized boolean isBegun() {
        return initialize != null;
    }

    /** Has it gone on with {@code notifications/initialized}? */
    synchronized boolean isConfirmed() {
        return initialized != null;
    }

    synchronized void asked(ClientMessage handshake) {
        initialize = handshake;
        initialized = null;
    }

    synchronized void begun(Optional<String> id) {
        known = new Known(id, known.version());
    }

    synchronized void agreed(String version) {
        known = new Known(known.id(), Optional.of(version));
    }

    synchronized void confirmed(ClientMessage notification) {
        initialized = notification;
    }

    /**
     * A session in the place of one that is gone; one renewal serves all who miss the same.
     *
     * @param post sends a message of the handshake again and hears the answer in the client's place
     */
    synchronized CompletableFuture<Known> renewed(Known lost, Function<ClientMessage, CompletableFuture<Void>> post) {
        if (renewal != null && !renewal.isDone()) {
            return renewal;
        }
        if (initialize == null || !known.id().equals(lost.id())) {
            return CompletableFuture.completedFuture(known);
        }
        ClientMessage confirmation = initialized;
        renewal = post.apply(initialize)
                .thenCompose(done ->
                        confirmation == null ? CompletableFuture.completedFuture(null) : post.apply(confirmation))
                .thenApply(done -> now());
        return renewal;
    }
}
