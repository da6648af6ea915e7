// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An answer 400 to a request that showed a session. Some servers mean by it that they do not know the session, for which
 * the specification has 404, and say so in a short JSON error; so it is held until it is whole. On one event loop only.
 */
final class SessionDoubt {
    private static final int LONGEST = 4 * 1024;

    private final HttpResponse head;
    private final List<HttpContent> held = new ArrayList<>();
    private int size;
    private boolean whole;

    SessionDoubt(HttpResponse head) {
        this.head = head;
    }

    static boolean isRaisedBy(HttpResponse head) {
        return head.status().code() == 400 && ReplayRule.isJson(head.headers());
    }

    HttpResponse head() {
        return head;
    }

    /** Takes a piece; true when it can be judged. */
    boolean add(HttpContent piece) {
        held.add(piece);
        size += piece.content().readableBytes();
        whole = piece instanceof LastHttpContent;
        return whole || size > LONGEST;
    }

    boolean isAboutTheSession() {
        StringBuilder text = new StringBuilder();
        for (HttpContent piece : held) {
            ByteBuf bytes = piece.content();
            text.append(bytes.toString(StandardCharsets.UTF_8));
        }
        return whole && text.toString().toLowerCase(Locale.ROOT).contains("session");
    }

    /** What has been held; the caller owns it. */
    List<HttpContent> take() {
        List<HttpContent> taken = List.copyOf(held);
        held.clear();
        return taken;
    }

    void drop() {
        take().forEach(HttpContent::release);
    }
}
