// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.snapshot.Ask;
import dev.vigil.snapshot.Owner;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Optional;

/** All that is read along of an upstream's answer while it passes; none of it changes a byte, but where {@link OldStream} does. On the client's event loop only. */
final class Overhearing {
    private final ProxyParts parts;
    private final Connector connector;
    private final TokenTrial token;
    private final Listening listening;
    private final Progressing progress;
    private Optional<ListTap> list = Optional.empty();

    Overhearing(ProxyParts parts, Connector connector, TokenTrial token, Listening listening, Progressing progress) {
        this.parts = parts;
        this.connector = connector;
        this.token = token;
        this.listening = listening;
        this.progress = progress;
    }

    /** @param asked what the answer is to; empty where that is nothing that Vigil understands */
    void passes(HttpResponse head, RequestBody body, Optional<Ask> asked) {
        Optional<Grant> grant = token.grant();
        listening.passes(head, grant, body);
        progress.passes(head);
        list = ListTap.on(head, parts.lists(), Owner.of(connector, grant), asked);
    }

    /** Gives what the client may hear of it. */
    HttpContent piece(HttpContent piece) {
        token.heard(piece.content());
        list.ifPresent(one -> one.piece(piece));
        progress.piece(piece);
        return listening.hears(piece);
    }
}
