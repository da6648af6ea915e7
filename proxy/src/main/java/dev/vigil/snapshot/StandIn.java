// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import java.util.Optional;

/** Answers in a server's place, with the best there is. Never waits; may be asked on {@code proxy-io}. */
public record StandIn(SnapshotBook book) {
    /** Of JSON-RPC's server errors: no client takes it for a sign of the modern era. */
    private static final int BAD_REQUEST = -32000;

    /** From what the server once showed to this account; empty where there is nothing, or only the server can answer. */
    public Optional<Served> remembered(Connector connector, Authorization authorization, Ask ask) {
        return Owner.of(connector, authorization).flatMap(owner -> remembered(owner, ask));
    }

    /**
     * As {@link #remembered}, and where the server was never seen at work the placeholder with its one tool.
     *
     * @param sentence what the skip of a tool call would say
     */
    public Optional<Served> dead(Connector connector, Authorization authorization, Ask ask, String sentence) {
        Optional<Owner> known = Owner.of(connector, authorization).filter(owner -> hasAnswer(owner, ask));
        return known.isPresent() ? remembered(known.get(), ask) : Placeholder.answer(connector, ask, sentence);
    }

    /** Is the server known to speak the transport of 2024-11-05 only? */
    public boolean isOld(Connector connector, Authorization authorization) {
        return Owner.of(connector, authorization)
                .filter(owner -> book.of(owner).stream().anyMatch(Snapshot::isOld))
                .isPresent();
    }

    private boolean hasAnswer(Owner owner, Ask ask) {
        return isKnown(owner)
                && (ask.era() == Era.MODERN
                        || book.find(owner, ask.revisionOrNewest()).isPresent());
    }

    private Optional<Served> remembered(Owner owner, Ask ask) {
        if (!isKnown(owner)) {
            return Optional.empty();
        }
        Optional<Snapshot> found = book.find(owner, ask.revisionOrNewest());
        if (found.isPresent()) {
            return SnapshotAnswers.of(found.get(), ask);
        }
        // A client that begins with the modern era goes on to the other one when it is told no.
        return ask.era() == Era.MODERN ? Optional.of(notModern(ask)) : Optional.empty();
    }

    /** Did the server welcome us in any era? A server that refused both is none that we have seen at work. */
    private boolean isKnown(Owner owner) {
        return book.of(owner).stream().anyMatch(snapshot -> !snapshot.isRefusal());
    }

    private static Served notModern(Ask ask) {
        String message = "Bad Request: this server is not known to speak " + Era.MODERN.newest();
        return new Served(400, Json.written(SnapshotAnswers.error(ask, BAD_REQUEST, message)));
    }
}
