// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Zone;
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
final class Exchange implements Turn, Asker, Permission.Asker {
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
    private final Optional<HiddenExpiry> hiddenExpiry;

    private Optional<Grant> sentWith = Optional.empty();
    private boolean triesExpired;
    private boolean renewed;

    Exchange(
            ProxyServer.Shared shared,
            Connector connector,
            HttpRequest request,
            ClientHandler.Connection client,
            Optional<String> clientName) {
        this.parts = shared.parts();
        this.connector = connector;
        this.request = request;
        this.client = client;
        this.body = new RequestBody(shared.budget(), client::holdBack);
        this.log = new ExchangeLog(parts.time().now(), connector.name(), clientName, request);
        this.skips = new Skips(connector, parts.time());
        this.answering = new Answering(parts, request, client, body, log);
        this.hiddenExpiry = connector.refresh().expiredWhen().map(HiddenExpiry::new);
        EventLoop loop = client.ctx().channel().eventLoop();
        this.permission = new Permission(parts, connector, loop, answering::isOver);
        this.session = SessionTurn.of(parts.sessions(), connector, clientName, request);
        this.asking = new Asking(shared, connector, request, body, session, loop, this);
    }

    void begin() {
        if (session.isUnknown()) {
            answering.own(skips.trouble().sessionOver());
            return;
        }
        answering.waitFor(parts.pacing().earlyStream());
        permission.ask(this);
    }

    @Override
    public void granted(Authorization authorization) {
        triesExpired =
                authorization instanceof Live live && live.zone(parts.time().now()) == Zone.EXPIRED;
        send(authorization instanceof Live live ? Optional.of(live.grant()) : Optional.empty());
    }

    @Override
    public void denied(Authorization authorization) {
        answering.own(skips.dead(authorization));
    }

    private void send(Optional<Grant> grant) {
        sentWith = grant;
        if (!session.fits(grant)) {
            answering.own(skips.trouble().sessionOver());
            return;
        }
        grant.ifPresent(held -> log.sentWith(held.tokens().generation()));
        asking.ask(grant, renewed);
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
        } else if (answering.takes(head)) {
            noteAccepted();
            session.passed(head, sentWith, body);
            answering.pass(head);
        } else {
            asking.abandon();
            answering.own(
                    skips.trouble().of(new Verdict.ServerTrouble(head.status().code(), Optional.empty())));
        }
    }

    /** A token that had expired by our clock works all the same: others may use it too. */
    private void noteAccepted() {
        if (triesExpired && sentWith.isPresent()) {
            parts.keeper()
                    .upstream()
                    .expiredAccepted(connector.name(), sentWith.get().tokens().generation());
        }
    }

    private void act(Verdict verdict) {
        if (verdict instanceof Verdict.Renew) {
            renew();
        } else if (verdict instanceof Verdict.RefusedAgain) {
            permission.join(
                    parts.keeper().upstream().refusedThoughFresh(connector.name()),
                    Permission.EMERGENCY_PATIENCE,
                    settled -> answering.own(skips.refusedThoughFresh(settled)));
        } else {
            answering.own(skips.of(verdict));
        }
    }

    /** The token was refused. Gets a newer one, once, and sends the request again if it is still held whole. */
    private void renew() {
        renewed = true;
        long used = sentWith.map(grant -> grant.tokens().generation()).orElse(0L);
        permission.join(parts.keeper().newerThan(connector.name(), used), Permission.EXPIRED_PATIENCE, settled -> {
            if (!(settled instanceof Live live) || live.generation() <= used) {
                answering.own(skips.notRenewed(settled));
            } else if (body.isReplayable()) {
                log.outcome("replayed");
                send(Optional.of(live.grant()));
            } else {
                answering.own(skips.renewedCallAgain());
            }
        });
    }

    @Override
    public void piece(HttpContent piece) {
        if (hiddenExpiry.isPresent() && hiddenExpiry.get().isIn(piece.content())) {
            sentWith.ifPresent(used -> parts.keeper()
                    .upstream()
                    .suspect(connector.name(), used.tokens().generation()));
        }
        answering.piece(piece);
    }

    @Override
    public void flush() {
        answering.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        if (answering.hasBegun()) {
            asking.read(client.ctx().channel().isWritable());
        }
    }

    @Override
    public void failed(OwnAnswer why) {
        if (answering.hasBegun()) {
            answering.breakOff(why);
        } else {
            answering.own(why);
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
        if (!isPost() && answering.hasBegun()) {
            asking.abandon();
            answering.endStream();
        }
    }

    private boolean isPost() {
        return request.method().equals(HttpMethod.POST);
    }
}
