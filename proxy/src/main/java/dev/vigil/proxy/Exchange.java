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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of a request. In order: may we speak for the user ({@link Permission}); send ({@link #send}); judge the answer's head ({@link #answered}); renew and send again once
 * ({@link #renew}), or pass the answer on or answer ourselves ({@link Answering}).
 *
 * <p>Everything happens on the client's event loop: client, upstream and this object never meet another thread. What the
 * keeper completes elsewhere comes home before it touches anything.
 */
final class Exchange implements Turn, UpstreamCall.Listener, Permission.Asker {
    private final ProxyParts parts;
    private final UpstreamConnections connections;
    private final Detours detours;
    private final Connector connector;
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final RequestBody body;
    private final ExchangeLog log;
    private final Skips skips;
    private final Answering answering;
    private final Permission permission;

    private final Optional<HiddenExpiry> hiddenExpiry;

    private @Nullable UpstreamCall call;
    private Optional<Grant> sentWith = Optional.empty();
    private boolean triesExpired;
    private boolean renewed;
    private boolean followed;
    private boolean resent;

    Exchange(
            ProxyServer.Shared shared,
            Connector connector,
            HttpRequest request,
            ClientHandler.Connection client,
            Optional<String> clientName) {
        this.parts = shared.parts();
        this.connections = shared.connections();
        this.detours = shared.detours();
        this.connector = connector;
        this.request = request;
        this.client = client;
        this.body = new RequestBody(shared.budget(), client::holdBack);
        this.log = new ExchangeLog(parts.time().now(), connector.name(), clientName, request);
        this.skips = new Skips(connector, parts.time());
        this.answering = new Answering(parts, request, client, body, log);
        this.hiddenExpiry = connector.refresh().expiredWhen().map(HiddenExpiry::new);
        this.permission =
                new Permission(parts, connector, client.ctx().channel().eventLoop(), answering::isOver);
    }

    void begin() {
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
        grant.ifPresent(held -> log.sentWith(held.tokens().generation()));
        HttpRequest head = HeaderRules.toUpstream(request, detours.of(connector), connector, grant);
        KeepAlive.Reuse reuse = resent ? KeepAlive.Reuse.NONE : isPost() ? KeepAlive.Reuse.SURE : KeepAlive.Reuse.ANY;
        call = new UpstreamCall(connections, connector.origin(), this);
        call.begin(loop(), head, reuse);
    }

    @Override
    public void content(HttpContent piece) {
        body.add(piece);
        body.flush();
    }

    @Override
    public void connected() {
        body.passTo(callNow());
    }

    @Override
    public void upstreamWritabilityChanged() {
        body.pace();
    }

    @Override
    public void answered(HttpResponse head) {
        int status = head.status().code();
        log.upstreamSaid(status);
        ReplayRule rule = new ReplayRule(connector, detours.of(connector), isPost(), renewed, followed);
        Verdict verdict = rule.judge(status, head.headers());
        if (verdict instanceof Verdict.Pass && !answering.takes(head)) {
            callNow().abandon();
            answering.own(skips.trouble().of(new Verdict.ServerTrouble(status, Optional.empty())));
        } else if (verdict instanceof Verdict.Pass) {
            noteAccepted();
            answering.pass(head);
        } else {
            callNow().abandon();
            body.takeBack();
            act(verdict);
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
        } else if (verdict instanceof Verdict.Follow follow && body.isReplayable()) {
            followed = true;
            detours.remember(connector, follow.target());
            send(sentWith);
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
    public void answerPiece(HttpContent piece) {
        if (hiddenExpiry.isPresent() && hiddenExpiry.get().isIn(piece.content())) {
            sentWith.ifPresent(used -> parts.keeper()
                    .upstream()
                    .suspect(connector.name(), used.tokens().generation()));
        }
        answering.piece(piece);
    }

    @Override
    public void answerFlush() {
        answering.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        if (call != null && answering.hasBegun()) {
            call.read(client.ctx().channel().isWritable());
        }
    }

    @Override
    public void unreachable(Throwable cause) {
        body.takeBack();
        answering.own(skips.trouble().unreachable(Reasons.of(cause)));
    }

    @Override
    public void broken(String reason) {
        body.takeBack();
        if (answering.hasBegun()) {
            answering.breakOff(skips.trouble().lost(reason));
        } else if (isWorthASecondConnection()) {
            resent = true;
            send(sentWith);
        } else {
            answering.own(skips.trouble().lost(reason));
        }
    }

    /**
     * A connection that had been idle may just have been closed, and the request never read. What changes nothing is sent
     * again then; a tool call never is.
     */
    private boolean isWorthASecondConnection() {
        boolean stale = callNow().wasReused() && !callNow().answerBegun() && !resent;
        return stale
                && body.isReplayable()
                && (!isPost() || ReplayRule.isHarmless(body.scanned().method()));
    }

    @Override
    public void clientGone() {
        if (call != null) {
            call.abandon();
        }
        answering.gone();
    }

    /** A stream that waits for nothing in particular ends now; a call is given its time. */
    @Override
    public void endSoon() {
        if (!isPost() && answering.hasBegun()) {
            callNow().abandon();
            answering.endStream();
        }
    }

    private boolean isPost() {
        return request.method().equals(HttpMethod.POST);
    }

    private EventLoop loop() {
        return client.ctx().channel().eventLoop();
    }

    private UpstreamCall callNow() {
        return Objects.requireNonNull(call, "no call yet");
    }
}
