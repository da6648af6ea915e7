// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;

/**
 * Which headers a message gets: those of its era. A request of 2026-07-28 says so itself; a notification may not, and then
 * counts to the era of the handshake, or of the request before it. Any thread.
 */
final class Dialect {
    private final Session session;
    private final ToolHeaders tools;
    /** Guarded by this; empty before the first request of that era. */
    private String modern = "";

    Dialect(Session session, ToolHeaders tools) {
        this.session = session;
        this.tools = tools;
    }

    /** Hears of each message in the order in which they come. */
    synchronized void hear(ClientMessage message) {
        modern = message.first().protocolVersion().orElse(modern);
        if (message.is("initialize")) {
            session.asked(message);
        } else if (message.is("notifications/initialized")) {
            session.confirmed(message);
        }
    }

    synchronized boolean isModern(ClientMessage message) {
        return message.isModern() || (!session.isBegun() && !modern.isEmpty());
    }

    /** Looks into an answer for what later messages need. */
    void learn(ClientMessage asked, InputStream answer) {
        if (asked.is("tools/list") && isModern(asked)) {
            tools.learn(answer);
        } else if (asked.is("initialize")) {
            agreed(answer);
        }
    }

    private void agreed(InputStream answer) {
        try {
            String version = Rpc.JSON
                    .readTree(answer)
                    .path("result")
                    .path("protocolVersion")
                    .asString("");
            if (!version.isEmpty()) {
                session.agreed(version);
            }
        } catch (JacksonException e) {
            // The client gets to see it as it is.
        }
    }

    synchronized Map<String, String> headers(ClientMessage message, Session.Known shown) {
        if (!isModern(message)) {
            return message.is("initialize") ? Map.of() : shown.headers();
        }
        Map<String, String> headers = new LinkedHashMap<>(MirrorHeaders.of(message.first(), modern));
        headers.putAll(tools.of(message));
        return headers;
    }
}
