// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.snapshot.Ask;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.PassingLists;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Overhears a list on its way to a client, so that what is remembered of a server stays up to date. Copies what passes, as far
 * as it is not too long, and holds nothing up. On the client's event loop only.
 */
final class ListTap {
    private final PassingLists.Ear ear;
    private final Owner owner;
    private final Ask ask;
    private final boolean events;
    private @Nullable ByteArrayOutputStream heard = new ByteArrayOutputStream();

    private ListTap(PassingLists.Ear ear, Owner owner, Ask ask, boolean events) {
        this.ear = ear;
        this.owner = owner;
        this.ask = ask;
        this.events = events;
    }

    /** @param ask what the answer is to; empty where that is nothing that Vigil understands */
    static Optional<ListTap> on(HttpResponse head, PassingLists.Ear ear, Owner owner, Optional<Ask> ask) {
        boolean readable = ReplayRule.isJson(head.headers()) || ReplayRule.isEvents(head.headers());
        return ask.filter(one -> readable && head.status().code() == 200)
                .filter(PassingLists::isOfInterest)
                .map(one -> new ListTap(ear, owner, one, ReplayRule.isEvents(head.headers())));
    }

    void piece(HttpContent piece) {
        if (heard == null) {
            return;
        }
        if (heard.size() + piece.content().readableBytes() > PassingLists.LONGEST) {
            heard = null;
            return;
        }
        heard.writeBytes(ByteBufUtil.getBytes(piece.content()));
        if (piece instanceof LastHttpContent) {
            ear.heard(owner, ask, heard.toByteArray(), events);
            heard = null;
        }
    }
}
