// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.session.SessionOwner;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Optional;

/**
 * The life of a request. In order: may we speak for the user ({@link Permission}); ask the upstream ({@link Asking}); act on
 * what its answer means ({@link #judged}): renew and ask again once ({@link #renew}), or pass the answer on or answer
 * ourselves ({@link Answering}).
 *
 * <p>Everything happens on the client's event loop: client, upstream and this object never meet another thread. What the
 * keeper completes elsewhere comes home before it touches anything.
 */
final class Exchange implements Turn, Asker, Permission.Asker, OldStream.Way {
    private final ProxyParts parts;
    private final Connector connector;
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final RequestBody body;
    private final ExchangeLog log;
    private final Skips skips;
    private final Answering answering;
    private final Permission permission;
    private final SessionTurn session;
    private final Asking asking;
    private final Riding riding;
    private final StandInTurn standIn;
    private final NewsTurn news;
    private final Listening listening;
    private final Helping helping;
    private final Absence absence;
    private final TokenTrial token;
    private final Overhearing overhearing;
    private boolean renewed;

    Exchange(
            ProxyServer.Shared shared,
            Connector connector,
            HttpRequest request,
            ClientHandler.Connection client,
            Optional<String> clientName,
            Optional<PostBox> box) {
        this.parts = shared.parts();
        this.connector = connector;
        this.request = request;
        this.client = client;
        this.body = new RequestBody(shared.budget(), client::holdBack);
        this.log = new ExchangeLog(parts.time().now(), connector.name(), clientName, request);
        this.skips = new Skips(connector, parts.time());
        this.token = new TokenTrial(parts, connector);
        EventLoop loop = client.ctx().channel().eventLoop();
        SessionOwner owner = SessionOwner.of(connector, clientName);
        this.session = new SessionTurn(parts.sessions(), owner, request, box);
        Progressing.Terms terms = Progressing.Terms.of(shared, connector);
        Progressing progress = new Progressing(terms, request, body, session.listener(), loop);
        this.answering = new Answering(parts, request, client, body, log, new Awake(parts, loop, progress), box);
        this.permission = new Permission(parts, connector, loop, answering::isOver);
        Detours detours = box.map(PostBox::way).orElse(shared.detours());
        this.asking = new Asking(shared, detours, connector, request, body, session, loop, this);
        this.riding = new Riding(parts, loop, body);
        this.standIn = new StandInTurn(shared, connector, request, session, box.isPresent());
        this.helping =
                new Helping(shared, connector, request, session, client.ctx().channel());
        this.news = new NewsTurn(standIn, helping, body, answering, skips);
        OldStream old =
                new OldStream(shared, connector, request, owner, client.ctx().channel(), answering, this);
        this.listening = new Listening(shared, connector, request, loop, answering, standIn, old, this);
        this.absence = new Absence(parts, connector, body, answering, riding, standIn, listening, helping);
        this.overhearing = new Overhearing(parts, connector, token, listening, progress);
    }

    void begin() {
        if (session.isUnknown()) {
            answering.own(skips.trouble().sessionOver());
            return;
        }
        answering.waitForIt(this::slow);
        permission.ask(this);
    }

    @Override
    public void granted(Authorization authorization) {
        token.sent(authorization);
        if (isPost()) {
            news.before(this::send);
        } else {
            send();
        }
    }

    @Override
    public void denied(Authorization authorization) {
        OwnAnswer own = skips.dead(authorization);
        if (request.method().equals(HttpMethod.DELETE)) {
            session.ended();
            answering.instead(Reply.accepted(), own);
        } else {
            absence.dead(authorization, own);
        }
    }

    private void send() {
        if (!session.fits(token.grant())) {
            answering.own(skips.trouble().sessionOver());
            return;
        }
        log.sentWith(token.generation());
        asking.ask(token.grant(), renewed);
    }

    @Override
    public void content(HttpContent piece) {
        body.add(piece);
        body.flush();
    }

    @Override
    public void judged(HttpResponse head, Verdict verdict) {
        log.upstreamSaid(head.status().code());
        if (!(verdict instanceof Verdict.Pass)) {
            act(verdict);
        } else if (!answering.isOpen() || ReplayRule.isPourable(head)) {
            token.accepted();
            session.passed(head, token.grant(), body);
            overhearing.passes(head, body, isPost() ? standIn.ask(body.scanned()) : Optional.empty());
            answering.pass(head);
            clientWritabilityChanged(); // it may have been full before
        } else if (listening.staysOurs()) {
            asking.abandon(); // an upstream may have no such stream; the client keeps the one that it has
        } else {
            asking.abandon();
            failed(skips.trouble().tooLate(head));
        }
    }

    private void act(Verdict verdict) {
        if (verdict instanceof Verdict.Renew) {
            renew();
        } else if (verdict instanceof Verdict.RefusedAgain) {
            permission.join(
                    parts.keeper().upstream().refusedThoughFresh(connector.name()),
                    Permission.EMERGENCY_PATIENCE,
                    settled -> absence.dead(settled, skips.refusedThoughFresh(settled)));
        } else if (verdict instanceof Verdict.KeyRefused || verdict instanceof Verdict.LoginWanted) {
            absence.dead(parts.keeper().look(connector.name()), skips.of(verdict));
        } else {
            failed(skips.of(verdict));
        }
    }

    /** The token was refused. Gets a newer one, once, and sends the request again if it is still held whole. */
    private void renew() {
        renewed = true;
        long used = token.generation();
        permission.join(parts.keeper().newerThan(connector.name(), used), Permission.EXPIRED_PATIENCE, settled -> {
            if (!(settled instanceof Live live) || live.generation() <= used) {
                absence.dead(settled, skips.notRenewed(settled));
            } else if (body.isReplayable()) {
                log.outcome("replayed");
                token.sent(live);
                send();
            } else {
                answering.own(skips.renewedCallAgain());
            }
        });
    }

    @Override
    public void piece(HttpContent piece) {
        answering.piece(overhearing.piece(piece));
    }

    @Override
    public void flush() {
        client.ctx().flush();
    }

    @Override
    public void clientWritabilityChanged() {
        if (answering.hasBegun()) {
            asking.read(client.ctx().channel().isWritable());
        }
    }

    @Override
    public void failed(OwnAnswer why) {
        if (listening.keeps(why)) {
            log.outcome("kept");
        } else if (answering.hasBegun()) {
            answering.breakOff(why);
        } else if (!riding.isAskedAgain(why, this::askAgain)) {
            absence.trouble(why);
        }
    }

    @Override
    public void askAnew() {
        renewed = false;
        permission.ask(this);
    }

    @Override
    public void giveUp(OwnAnswer why) {
        asking.abandon();
        failed(why);
    }

    private void askAgain() {
        if (!answering.isOver()) {
            asking.ask(token.grant(), renewed);
        }
    }

    private void slow() {
        if (!answering.isOver() && !answering.isOpen()) {
            absence.slow(skips.trouble().slow(parts.pacing().connect()), asking::abandon);
        }
    }

    @Override
    public void clientGone() {
        asking.abandon();
        answering.gone();
    }

    /** A stream that waits for nothing in particular ends now; a call is given its time. */
    @Override
    public void endSoon() {
        if (listening.isIdle() && answering.isOpen()) {
            asking.abandon();
            answering.endStream(listening.lastWord());
        }
    }

    private boolean isPost() {
        return request.method().equals(HttpMethod.POST);
    }
}
