// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.proxy.AnswerStream.Break;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange: gives it the upstream's answer or one of our own, exactly one of them, and reports what
 * it was. On the client's event loop only.
 */
final class Answering {
    private final ProxyParts parts;
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final RequestBody body;
    private final ExchangeLog log;

    private @Nullable AnswerStream stream;
    private long passed;
    private boolean over;

    Answering(
            ProxyParts parts, HttpRequest request, ClientHandler.Connection client, RequestBody body, ExchangeLog log) {
        this.parts = parts;
        this.request = request;
        this.client = client;
        this.body = body;
        this.log = log;
    }

    /** Has the client got its answer, or gone? */
    boolean isOver() {
        return over;
    }

    boolean hasBegun() {
        return stream != null;
    }

    /** The upstream's answer is the client's, and no second sending can follow. */
    void pass(HttpResponse head) {
        stream = new AnswerStream(client.ctx(), HeaderRules.toClient(head, request.protocolVersion(), client.isKept()));
        log.remember(body);
        body.settle(isPost()); // the id is wanted if this answer breaks off
        stream.begin();
    }

    /** A piece of it; owns it. */
    void piece(HttpContent piece) {
        if (stream == null) {
            piece.release();
        } else if (stream.content(piece)) {
            finish(stream.status());
        }
    }

    void flush() {
        client.ctx().flush();
    }

    /** Answers ourselves, once the request has been read to its end: its id may stand last. */
    void own(OwnAnswer own) {
        log.own(own);
        body.passToNobody();
        body.whenComplete(() -> {
            if (!over) {
                Reply reply = SkipReply.to(request.method(), body.scanned(), own);
                log.remember(body);
                ClientReply.send(client.ctx(), reply, client.isKept());
                finish(reply.status());
            }
        });
    }

    /** The upstream broke off after its answer had begun: ends what the client has seen as truthfully as can be. */
    void breakOff(OwnAnswer lost) {
        AnswerStream broken = takeStream();
        Break seen = broken.drop();
        if (seen == Break.NOTHING_SENT) {
            own(lost);
            return;
        }
        log.own(lost);
        if (seen == Break.BETWEEN_EVENTS) {
            broken.endWith(isPost() ? SkipReply.events(body.scanned(), lost) : Unpooled.EMPTY_BUFFER);
            finish(broken.status());
        } else {
            over = true;
            tell(broken.status());
            client.reset();
        }
    }

    /** The client has gone. */
    void gone() {
        if (stream != null) {
            takeStream().drop();
        }
        over = true;
        log.outcome("client_left");
        tell(0);
    }

    /** Ends a stream that waits for nothing in particular. */
    void endStream() {
        AnswerStream ending = takeStream();
        if (ending.drop() == Break.BETWEEN_EVENTS) {
            ending.endWith(Unpooled.EMPTY_BUFFER);
        }
        finish(ending.status());
    }

    private AnswerStream takeStream() {
        AnswerStream taken = stream;
        if (taken == null) {
            throw new IllegalStateException("no answer has begun");
        }
        stream = null;
        passed = taken.passed();
        return taken;
    }

    private void finish(int status) {
        over = true;
        tell(status);
        client.turnOver();
    }

    private void tell(int status) {
        long bytesDown = stream == null ? passed : stream.passed();
        long bytesUp = body.size();
        body.release();
        parts.events().exchanged(log.report(parts.time().now(), status, bytesUp, bytesDown));
    }

    private boolean isPost() {
        return request.method().equals(HttpMethod.POST);
    }
}
