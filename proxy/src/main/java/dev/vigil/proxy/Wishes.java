// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.session.Session;
import dev.vigil.session.SessionBook;
import java.util.Set;

/** What a client asks for once and has to be repeated when its session is begun anew. */
final class Wishes {
    private static final Set<String> METHODS =
            Set.of("logging/setLevel", "resources/subscribe", "resources/unsubscribe");

    private Wishes() {}

    static boolean isOne(RequestBody body) {
        return METHODS.contains(body.scanned().method().orElse(""));
    }

    /** It was granted. */
    static void note(Session session, RequestBody body) {
        MessageScan scan = body.scanned();
        switch (scan.method().orElse("")) {
            case "logging/setLevel" -> body.text(SessionBook.LONGEST_HANDSHAKE).ifPresent(session::logLevel);
            case "resources/subscribe" ->
                body.text(SessionBook.LONGEST_HANDSHAKE)
                        .ifPresent(wish -> scan.uri().ifPresent(uri -> session.subscribed(uri, wish)));
            case "resources/unsubscribe" -> scan.uri().ifPresent(session::unsubscribed);
            default -> {}
        }
    }
}
