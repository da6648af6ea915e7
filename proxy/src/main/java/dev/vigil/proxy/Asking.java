// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.proxy.SessionBegin.Way;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the upstream until there is one answer: over a new connection where an idle one was just being closed, where the
 * endpoint has moved to, and with the client's session begun anew where the upstream has forgotten it. Each happens once, and
 * nothing that may have been executed is sent again. On the client's event loop only.
 */
final class Asking implements UpstreamCall.Listener, SessionBegin.Waiter {
    private final ProxyServer.Shared shared;
    private final Detours detours;
    private final Connector connector;
    private final HttpRequest request;
    private final RequestBody body;
    private final SessionTurn session;
    private final EventLoop loop;
    private final Asker asker;

    private @Nullable UpstreamCall call;
    private Optional<Grant> grant = Optional.empty();
    private boolean renewed;
    private boolean followed;
    private boolean resent;
    private boolean begunAnew;
    private boolean over;
    private @Nullable SessionDoubt doubt;

    /** @param detours lead from the connector to where its requests go */
    Asking(
            ProxyServer.Shared shared,
            Detours detours,
            Connector connector,
            HttpRequest request,
            RequestBody body,
            SessionTurn session,
            EventLoop loop,
            Asker asker) {
        this.shared = shared;
        this.detours = detours;
        this.connector = connector;
        this.request = request;
        this.body = body;
        this.session = session;
        this.loop = loop;
        this.asker = asker;
    }

    /**
     * Sends the request, after what its session needs first.
     *
     * @param with whose token is sent; empty for none
     * @param again has it been refused with another token before?
     */
    void ask(Optional<Grant> with, boolean again) {
        over = false;
        grant = with;
        renewed = again;
        send();
    }

    private void send() {
        session.ready(new Way(shared, detours.of(connector), connector, grant, request, renewed), loop, body, this);
    }

    /** What the session needed first is done. */
    @Override
    public void begun() {
        HttpRequest head = HeaderRules.toUpstream(request, detours.of(connector), connector, grant);
        session.toUpstream(head);
        if (call != null) {
            call.abandon(); // asked for twice, there is still one answer
        }
        KeepAlive.Reuse reuse = resent ? KeepAlive.Reuse.NONE : isPost() ? KeepAlive.Reuse.SURE : KeepAlive.Reuse.ANY;
        call = new UpstreamCall(shared.connections(), connector.origin(), this);
        call.begin(loop, head, reuse);
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
        ReplayRule rule = new ReplayRule(connector, detours.of(connector), isPost(), renewed, followed);
        Verdict verdict = rule.judge(head.status().code(), head.headers());
        if (!(verdict instanceof Verdict.Pass)) {
            callNow().abandon();
            body.takeBack();
        }
        boolean mayBeginAnew = verdict instanceof Verdict.Pass && session.isKnown() && !begunAnew;
        if (mayBeginAnew && SessionDoubt.isRaisedBy(head)) {
            doubt = new SessionDoubt(head, body.scanned());
        } else if (mayBeginAnew && head.status().code() == 404) {
            forgotten();
        } else if (verdict instanceof Verdict.Follow follow && body.isReplayable()) {
            followed = true;
            detours.remember(connector, follow.target());
            send();
        } else {
            asker.judged(head, verdict);
        }
    }

    /** Refused before it was executed (MCP 2025-11-25, "Session Management", 404), so it may be sent again. */
    private void forgotten() {
        callNow().abandon();
        body.takeBack();
        begunAnew = true;
        session.lost();
        if (body.isReplayable()) {
            send();
        } else {
            asker.failed(trouble().sessionOver());
        }
    }

    @Override
    public void answerPiece(HttpContent piece) {
        if (doubt == null) {
            asker.piece(piece);
        } else if (doubt.add(piece)) {
            resolve(doubt);
        }
    }

    private void resolve(SessionDoubt resolved) {
        doubt = null;
        if (resolved.isAboutTheSession()) {
            resolved.drop();
            forgotten();
        } else {
            asker.judged(resolved.head(), new Verdict.Pass());
            resolved.take().forEach(asker::piece);
        }
    }

    private void noDoubt() {
        if (doubt != null) {
            doubt.drop();
            doubt = null;
        }
    }

    @Override
    public void answerFlush() {
        asker.flush();
    }

    @Override
    public void unreachable(Throwable cause) {
        body.takeBack();
        asker.failed(trouble().unreachable(Reasons.of(cause)));
    }

    @Override
    public void broken(String reason) {
        noDoubt();
        body.takeBack();
        if (isWorthASecondConnection()) {
            resent = true;
            send();
        } else {
            asker.failed(trouble().lost(reason));
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

    /** Nobody waits for an answer any more. */
    void abandon() {
        over = true;
        noDoubt();
        body.takeBack();
        if (call != null) {
            call.abandon();
        }
    }

    /** Reads on, or holds the upstream back. */
    void read(boolean on) {
        if (call != null) {
            call.read(on);
        }
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void refused(HttpResponse head, Verdict verdict) {
        asker.judged(head, verdict);
    }

    @Override
    public void failed(OwnAnswer why) {
        asker.failed(why);
    }

    private UpstreamTrouble trouble() {
        return new UpstreamTrouble(connector.name());
    }

    private boolean isPost() {
        return request.method().equals(HttpMethod.POST);
    }

    private UpstreamCall callNow() {
        return Objects.requireNonNull(call, "no call yet");
    }
}
