// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.session.LoginKey;
import dev.vigil.session.Session;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Begins a client's session at the upstream without the client: its own {@code initialize}, that it is initialized, its log
 * level, its subscriptions (MCP 2025-11-25, "Lifecycle"). On one event loop only.
 */
final class Handshake implements UpstreamCall.Listener {
    /** So long go on, when whoever waits for the session waits no longer, the things that the client once asked for. */
    private static final Duration WISHES = Duration.ofMinutes(2);
    /** The two without which there is no session. */
    private static final int NEEDED = 2;
    /** Of the client's present request: what speaks of its body, or of itself. */
    private static final List<CharSequence> NOT_REPEATED = List.of(
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.CONTENT_ENCODING,
            SessionTurn.HEADER,
            SessionTurn.VERSION,
            "Mcp-Method",
            "Mcp-Name",
            "Last-Event-ID");

    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    /** Hears how it ended, once. */
    interface Asker {
        void begun();

        /** A step has been answered; whoever awaits more than that holds the next one back. */
        default void taken(byte[] step, Runnable next) {
            next.run();
        }

        /** The upstream answered the handshake so. */
        void refused(HttpResponse head, Verdict verdict);

        void failed(OwnAnswer why);
    }

    private final UpstreamConnections connections;
    private final URI target;
    private final Connector connector;
    private final Optional<Grant> grant;
    private final HttpRequest client;
    private final Session session;
    private final boolean renewed;
    private final EventLoop loop;
    private final Duration limit;
    private final Asker asker;
    private final Deque<byte[]> steps = new ArrayDeque<>();
    private Future<?> alarm;

    private Optional<String> upstreamId = Optional.empty();
    private byte[] present = new byte[0];
    private int taken;
    private boolean told;
    private boolean over;
    private @Nullable UpstreamCall call;

    private Handshake(SessionBegin.Way way, Session session, EventLoop loop, Asker asker) {
        this.connections = way.shared().connections();
        this.target = way.target();
        this.connector = way.connector();
        this.grant = way.grant();
        this.client = way.client();
        this.renewed = way.renewed();
        this.session = session;
        this.loop = loop;
        this.asker = asker;
        this.limit = way.shared().parts().pacing().connect();
        this.alarm = loop.schedule(this::late, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    static void begin(SessionBegin.Way way, Session session, EventLoop loop, Asker asker) {
        Handshake handshake = new Handshake(way, session, loop, asker);
        Stream.concat(Stream.of(session.handshake(), INITIALIZED), session.wishes().stream())
                .map(step -> step.getBytes(StandardCharsets.UTF_8))
                .forEach(handshake.steps::add);
        handshake.next();
    }

    private void next() {
        if (over) {
            return;
        }
        byte[] step = steps.peek();
        if (step == null) {
            tell();
            end(() -> {});
            return;
        }
        HttpRequest head = HeaderRules.toUpstream(headOf(step), target, connector, grant);
        call = new UpstreamCall(connections, connector.origin(), this);
        call.begin(loop, head, KeepAlive.Reuse.SURE);
    }

    private HttpRequest headOf(byte[] step) {
        HttpRequest head = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.POST,
                client.uri(),
                client.headers().copy());
        NOT_REPEATED.forEach(head.headers()::remove);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.ACCEPT, "application/json, text/event-stream")
                .set(HttpHeaderNames.CONTENT_LENGTH, step.length);
        upstreamId.ifPresent(id -> head.headers().set(SessionTurn.HEADER, id));
        if (taken > 0) {
            session.protocolVersion().ifPresent(version -> head.headers().set(SessionTurn.VERSION, version));
        }
        return head;
    }

    @Override
    public void connected() {
        if (call != null) {
            present = steps.remove();
            call.write(Unpooled.wrappedBuffer(present));
            call.writeLast();
        }
    }

    @Override
    public void answered(HttpResponse head) {
        int status = head.status().code();
        Verdict verdict = new ReplayRule(connector, target, true, renewed, true).judge(status, head.headers());
        if (taken == 0 && (!(verdict instanceof Verdict.Pass) || status >= 300)) {
            end(() -> asker.refused(head, verdict));
        } else if (taken == 0) {
            upstreamId = Optional.ofNullable(head.headers().get(SessionTurn.HEADER));
        }
        // Whether a wish is granted again is between client and upstream; the session stands.
    }

    @Override
    public void answerPiece(HttpContent piece) {
        boolean last = piece instanceof LastHttpContent;
        piece.release();
        if (last && !over) {
            taken++;
            asker.taken(present, this::next);
        }
    }

    @Override
    public void unreachable(Throwable cause) {
        failed(Reasons.of(cause));
    }

    @Override
    public void broken(String reason) {
        failed(reason);
    }

    /** A wish that fails is left out: the session stands, and is worth more. */
    private void failed(String reason) {
        if (taken < NEEDED) {
            end(() -> asker.failed(new UpstreamTrouble(connector.name()).unreachable(reason)));
        } else {
            taken++;
            next();
        }
    }

    private void late() {
        if (taken < NEEDED) {
            failed("its session could not be begun anew within " + limit.toSeconds() + " s");
        } else {
            alarm = loop.schedule(() -> end(() -> {}), WISHES.toMillis(), TimeUnit.MILLISECONDS);
            tell();
        }
    }

    private void tell() {
        if (!told) {
            told = true;
            session.begun(LoginKey.of(grant), upstreamId);
            asker.begun();
        }
    }

    private void end(Runnable tell) {
        if (over) {
            return;
        }
        over = true;
        alarm.cancel(false);
        if (call != null) {
            call.abandon();
        }
        tell.run();
    }
}
