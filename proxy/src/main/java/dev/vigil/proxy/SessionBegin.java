// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.session.LoginKey;
import dev.vigil.session.Session;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Has a session begun at the upstream before an exchange goes on. One exchange does it, and whoever else needs the session
 * waits for that. On the exchange's event loop only.
 */
final class SessionBegin implements Handshake.Asker {

    /**
     * Where to, and for whom.
     *
     * @param client the request that needs it: what the client says of itself in headers and query goes along
     * @param renewed has the exchange been refused with another token before?
     */
    record Way(
            ProxyServer.Shared shared,
            URI target,
            Connector connector,
            Optional<Grant> grant,
            HttpRequest client,
            boolean renewed) {}

    /** Who waits for it. */
    interface Waiter {
        /** Has its client gone? Then it is told nothing more. */
        boolean isOver();

        void begun();

        /** The upstream refused to begin it, for a reason that {@code verdict} names. */
        void refused(HttpResponse head, Verdict verdict);

        void failed(OwnAnswer why);
    }

    private final Way way;
    private final Session session;
    private final Waiter waiter;

    private SessionBegin(Way way, Session session, Waiter waiter) {
        this.way = way;
        this.session = session;
        this.waiter = waiter;
    }

    static void begin(Way way, Session session, EventLoop loop, Waiter waiter) {
        SessionBegin begin = new SessionBegin(way, session, waiter);
        if (session.handshake().isEmpty()) {
            waiter.failed(begin.sessionOver()); // only the client can
            return;
        }
        Optional<CompletableFuture<Void>> other = session.beginning();
        if (other.isPresent()) {
            other.get().whenCompleteAsync((done, failure) -> begin.begunByAnother(), loop);
        } else {
            Handshake.begin(way, session, loop, begin);
        }
    }

    private void begunByAnother() {
        if (waiter.isOver()) {
            return;
        }
        if (session.isBegun(LoginKey.of(way.grant()))) {
            waiter.begun();
        } else {
            waiter.failed(sessionOver());
        }
    }

    @Override
    public void begun() {
        way.shared().held().moved(way.connector().name(), session.id());
        settle(waiter::begun);
    }

    @Override
    public void refused(HttpResponse head, Verdict verdict) {
        settle(() -> {
            if (verdict instanceof Verdict.Pass) {
                waiter.failed(sessionOver());
            } else {
                waiter.refused(head, verdict);
            }
        });
    }

    @Override
    public void failed(OwnAnswer why) {
        settle(() -> waiter.failed(why));
    }

    /** Others may wait for it, so it is settled also where our client has gone. */
    private void settle(Runnable goOn) {
        session.settled();
        if (!waiter.isOver()) {
            goOn.run();
        }
    }

    private OwnAnswer sessionOver() {
        return new UpstreamTrouble(way.connector().name()).sessionOver();
    }
}
