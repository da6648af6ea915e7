// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.proxy.AnswerStream.Break;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of an exchange: gives it the upstream's answer or one of our own, exactly one of them, and reports what
 * it was. Where the answer takes long, it begins an event stream first, and keeps any event stream alive. On the client's
 * event loop only.
 */
final class Answering {
    private final ProxyParts parts;
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final RequestBody body;
    private final ExchangeLog log;
    private final Optional<PostBox> box;
    private final Awake awake;

    private @Nullable AnswerStream stream;
    private boolean passing;
    private long passed;
    private boolean over;
    private Runnable whenOver = () -> {};

    Answering(
            ProxyParts parts,
            HttpRequest request,
            ClientHandler.Connection client,
            RequestBody body,
            ExchangeLog log,
            Awake awake,
            Optional<PostBox> box) {
        this.parts = parts;
        this.request = request;
        this.client = client;
        this.body = body;
        this.log = log;
        this.awake = awake;
        this.box = box;
    }

    /** Has the client got its answer, or gone? */
    boolean isOver() {
        return over;
    }

    /** Runs the task when the client has got its answer, or gone. */
    void whenOver(Runnable task) {
        whenOver = task;
    }

    /** Does the upstream's answer reach the client already? */
    boolean hasBegun() {
        return passing;
    }

    /**
     * Waits for an answer, and when it takes long gives the client an event stream of ours, if that is one it would take.
     *
     * @param slow runs before that, when a client that connects has waited long enough
     */
    void waitForIt(Runnable slow) {
        awake.whenSilent(slow, this::speakUp);
    }

    private void speakUp() {
        if (!over && stream == null && body.isComplete() && EarlyStream.fits(request, body.scanned())) {
            begin();
        }
    }

    /** An event stream of our own, until the upstream answers. */
    void begin() {
        stream = AnswerStream.ours(client.ctx(), EarlyStream.head(request.protocolVersion(), client.isKept()));
        awake.onStream(this::beat, this::say);
    }

    /** The upstream's answer is the client's, and no second sending can follow. */
    void pass(HttpResponse head) {
        passing = true;
        log.remember(body);
        body.settle(request.method().equals(HttpMethod.POST)); // the id is wanted if this answer breaks off
        if (stream != null) {
            stream.pour(head.headers());
        } else {
            stream = AnswerStream.passing(
                    client.ctx(), HeaderRules.toClient(head, request.protocolVersion(), client.isKept()));
            if (stream.isEvents()) {
                awake.onStream(this::beat, this::say);
            }
        }
    }

    private void beat() {
        if (client.ctx().channel().isWritable()) {
            say(StreamWords.comment());
        }
    }

    /** A piece of it; owns it. */
    void piece(HttpContent piece) {
        if (stream == null) {
            piece.release();
        } else if (stream.content(piece)) {
            finish(stream.status());
        } else {
            awake.said();
        }
    }

    /** Answers ourselves, once the request has been read to its end: its id may stand last. */
    void own(OwnAnswer own) {
        log.own(own);
        body.passToNobody();
        body.whenComplete(() -> {
            if (over) {
                return;
            }
            log.remember(body);
            if (stream != null) {
                endWith(takeStream(), own);
            } else {
                answer(SkipReply.to(request.method(), body.scanned(), own));
            }
        });
    }

    /** Answers in the upstream's place, with something better than why it was not asked. The request has been read. */
    void instead(Reply better, OwnAnswer why) {
        log.own(why);
        log.outcome("stood_in");
        log.remember(body);
        if (stream != null) {
            endStream(StreamWords.event(better.body()));
        } else {
            answer(better);
        }
    }

    private void answer(Reply whole) {
        Reply reply = box.map(one -> one.tell(whole)).orElse(whole);
        ClientReply.send(client.ctx(), reply, client.isKept());
        finish(reply.status());
    }

    /** Writes something of ours on an event stream that the client has open, if it can stand there now. */
    void say(ByteBuf event) {
        if (stream != null && canSay()) {
            stream.inject(event);
        } else {
            event.release();
        }
    }

    boolean isOpen() {
        return stream != null;
    }

    /** Could something of ours stand on the stream now? */
    boolean canSay() {
        return stream != null && stream.isBetweenEvents();
    }

    private void endWith(AnswerStream events, OwnAnswer own) {
        events.endWith(SkipReply.events(body.scanned(), own));
        finish(events.status());
    }

    /** The upstream's part has ended, and the stream goes on as ours. False where the client is in the middle of an event. */
    boolean keep() {
        boolean kept = stream != null && stream.becomesOurs();
        passing &= !kept;
        return kept;
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
            endWith(broken, lost);
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

    /**
     * Ends a stream that waits for nothing in particular.
     *
     * @param last stands at its end, if an event can stand there
     */
    void endStream(ByteBuf last) {
        AnswerStream ending = takeStream();
        if (ending.drop() == Break.BETWEEN_EVENTS) {
            ending.endWith(last);
        } else {
            last.release();
        }
        finish(ending.status());
    }

    private AnswerStream takeStream() {
        AnswerStream taken = Objects.requireNonNull(stream, "no answer has begun");
        stream = null;
        passing = false;
        passed = taken.passed();
        return taken;
    }

    private void finish(int status) {
        over = true;
        tell(status);
        client.turnOver();
    }

    private void tell(int status) {
        whenOver.run();
        awake.stop();
        long bytesDown = stream == null ? passed : stream.passed();
        long bytesUp = body.size();
        body.release();
        parts.events().exchanged(log.report(parts.time().now(), status, bytesUp, bytesDown));
    }
}
