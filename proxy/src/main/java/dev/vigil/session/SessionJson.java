// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import dev.vigil.vault.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sessions of one connector's clients, JSON, as they stand inside a seal. Times are ISO 8601 in UTC, requests are
 * the text that the client sent; what is absent is null.
 *
 * <pre>
 * version 1, connector, sessions [ {
 *   id             as the client knows it
 *   server?        the connector's URL; a session without one is read, and forgotten
 *   client         that the local key belongs to; empty where keys are off
 *   handshake      the client's initialize
 *   account?, login  whose session it is upstream
 *   begun          does the upstream know it?
 *   upstreamId?    by this id
 *   protocolVersion?  what the client sends in its header
 *   logLevel?      the client's last logging/setLevel
 *   subscriptions  [ { uri, request } ]
 *   lastUsed
 * } ]
 * </pre>
 */
final class SessionJson {
    static final int VERSION = 1;

    private SessionJson() {}

    static ObjectNode write(String connector, List<Kept> sessions) {
        ObjectNode node = Fields.empty().put("version", VERSION).put("connector", connector);
        ArrayNode all = node.putArray("sessions");
        sessions.forEach(one -> write(all.addObject(), one));
        return node;
    }

    private static void write(ObjectNode node, Kept kept) {
        node.put("id", kept.id())
                .put("server", kept.owner().server())
                .put("client", kept.owner().client())
                .put("handshake", kept.handshake())
                .put("account", kept.login().account().orElse(null))
                .put("login", kept.login().login())
                .put("begun", kept.begun())
                .put("upstreamId", kept.upstreamId().orElse(null))
                .put("protocolVersion", kept.protocolVersion().orElse(null))
                .put("logLevel", kept.logLevel().orElse(null));
        ArrayNode subscriptions = node.putArray("subscriptions");
        kept.subscriptions()
                .forEach((uri, request) ->
                        subscriptions.addObject().put("uri", uri).put("request", request));
        node.put("lastUsed", kept.lastUsed().toString());
    }

    /** @throws IllegalArgumentException when it is not that, and names what is wrong */
    static List<Kept> read(ObjectNode node) {
        Fields fields = new Fields(node);
        String connector = fields.text("connector");
        return fields.objects("sessions").stream()
                .map(one -> read(connector, one))
                .toList();
    }

    private static Kept read(String connector, Fields one) {
        Map<String, String> subscriptions = new LinkedHashMap<>();
        one.objects("subscriptions").forEach(wish -> subscriptions.put(wish.text("uri"), wish.text("request")));
        return new Kept(
                one.text("id"),
                new SessionOwner(connector, one.maybeText("server").orElse(""), one.text("client")),
                one.text("handshake"),
                new LoginKey(one.maybeText("account"), one.text("login")),
                one.maybeText("upstreamId"),
                one.node().path("begun").asBoolean(false),
                one.maybeText("protocolVersion"),
                one.maybeText("logLevel"),
                subscriptions,
                one.instant("lastUsed"));
    }
}
