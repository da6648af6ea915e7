// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.session.Session;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Offers the client of one exchange the link of a login in place of a skip, where its connector says {@code interactive: true}
 * and the client can show links to a person; and keeps what the client answers to that from the upstream. Never by default:
 * clients that run unattended say that they can, too. On the client's event loop only.
 */
final class Helping {
    /** A longer call gets the plain skip: its repetition has to be held whole, to be looked into. */
    private static final int LONGEST = 32 * 1024;

    private final ProxyServer.Shared shared;
    private final Connector connector;
    private final HttpRequest request;
    private final SessionTurn session;
    private final Channel client;

    Helping(ProxyServer.Shared shared, Connector connector, HttpRequest request, SessionTurn session, Channel client) {
        this.shared = shared;
        this.connector = connector;
        this.request = request;
        this.session = session;
        this.client = client;
    }

    /** The answer with the link; empty where the skip is the answer. */
    Optional<Reply> offer(OwnAnswer own, RequestBody body) {
        return isWanted() && isLogin(own) ? call(body).flatMap(call -> offer(own, call, body)) : Optional.empty();
    }

    private boolean isWanted() {
        return shared.parts().facing().apply(connector.name()).interactive();
    }

    private boolean isLogin(OwnAnswer own) {
        boolean helps = own.action().equals(Optional.of(new HelpWords(connector).login()));
        return connector.kind() == GrantKind.OAUTH && own.kind().isSkip() && helps;
    }

    private static Optional<RpcMessage> call(RequestBody body) {
        MessageScan scan = body.scanned();
        boolean call = scan.isJson() && !scan.isBatch() && scan.method().equals(Optional.of("tools/call"));
        return call ? scan.messages().stream().filter(RpcMessage::isRequest).findFirst() : Optional.empty();
    }

    private Optional<Reply> offer(OwnAnswer own, RpcMessage call, RequestBody body) {
        Optional<ObjectNode> asked = body.text(LONGEST).flatMap(HelpTalk::read);
        boolean modern = SkipReply.isModern(call);
        boolean able = asked.isPresent() && (modern ? HelpTalk.declaredWith(asked.get()) : isDeclaredBySession());
        if (!able || HelpTalk.isAboutOthers(asked.get())) {
            return Optional.empty();
        }
        if (HelpTalk.isDeclined(asked.get())) {
            shared.help().declined(session.owner());
            return Optional.empty();
        }
        if (!shared.help().take(session.owner())) {
            return Optional.empty();
        }
        return Optional.of(modern ? HelpTalk.modern(call, own, link()) : HelpTalk.legacy(call, own, link()));
    }

    private boolean isDeclaredBySession() {
        return HelpTalk.LEGACY.equals(request.headers().get(SessionTurn.VERSION))
                && session.known()
                        .map(Session::handshake)
                        .flatMap(HelpTalk::read)
                        .filter(HelpTalk::declaredIn)
                        .isPresent();
    }

    private String link() {
        int port = ((InetSocketAddress) client.localAddress()).getPort();
        return "http://127.0.0.1:" + port + LoginLinks.PATH
                + shared.parts().links().idFor(connector.name());
    }

    /** May this request carry an answer to us? */
    boolean mayBeAnswered() {
        return isWanted() && shared.help().isKnown(session.owner());
    }

    /** Takes out of a complete body, and of the head, what answers us. */
    void strip(RequestBody body) {
        if (!mayBeAnswered()) {
            return;
        }
        body.text(2 * LONGEST)
                .filter(text -> text.contains(HelpTalk.KEY))
                .flatMap(HelpTalk::read)
                .flatMap(HelpTalk::stripped)
                .ifPresent(clean -> {
                    body.replace(clean);
                    request.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
                    request.headers().set(HttpHeaderNames.CONTENT_LENGTH, clean.length);
                });
    }
}
