// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.Wire;
import io.netty.buffer.ByteBufUtil;
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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One request of the snapshot taker, sent twice at most. Touched on its event loop only, but for {@link #end}. */
final class SnapshotCall implements UpstreamCall.Listener {
    private final TokenKeeper keeper;
    private final UpstreamConnections connections;
    private final Detours detours;
    private final EventLoop loop;
    private final Wire.Call call;
    private final Wire.Ear ear;
    private final Connector connector;
    private final byte[] body;
    private final CompletableFuture<Optional<String>> end = new CompletableFuture<>();
    private @Nullable UpstreamCall upstream;
    private boolean renewed;
    private boolean followed;
    private long used;

    SnapshotCall(
            TokenKeeper keeper,
            UpstreamConnections connections,
            Detours detours,
            EventLoop loop,
            Wire.Call call,
            Wire.Ear ear) {
        this.keeper = keeper;
        this.connections = connections;
        this.detours = detours;
        this.loop = loop;
        this.call = call;
        this.ear = ear;
        this.connector = call.connector();
        this.body = call.body().getBytes(StandardCharsets.UTF_8);
    }

    /** Why there is no whole answer; empty for an answer. Completes once, never with an exception. Any thread. */
    CompletableFuture<Optional<String>> end() {
        return end;
    }

    void begin(Duration limit) {
        var alarm = loop.schedule(
                () -> fail("no answer within " + Math.max(1, limit.toSeconds()) + " s"),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        end.whenComplete((over, never) -> alarm.cancel(false));
        send();
    }

    /** Nobody waits any more. */
    void giveUp() {
        fail("given up");
    }

    /** With whatever token there is now, as long as it is the right account's. */
    private void send() {
        Authorization held = keeper.look(connector.name());
        boolean right = Owner.of(connector, held).equals(Optional.of(call.owner()));
        if (!right || !(held instanceof Live || held instanceof Authorization.NotNeeded)) {
            fail("there is no token of this login");
            return;
        }
        Optional<Grant> grant = held instanceof Live live ? Optional.of(live.grant()) : Optional.empty();
        used = grant.map(one -> one.tokens().generation()).orElse(0L);
        try {
            HttpRequest head = HeaderRules.toUpstream(request(), target(), connector, grant);
            upstream = new UpstreamCall(connections, connector.origin(), this);
            upstream.begin(loop, head, KeepAlive.Reuse.SURE);
        } catch (IllegalStateException unfit) {
            fail(String.valueOf(unfit.getMessage()));
        }
    }

    private URI target() {
        return call.at().orElseGet(() -> detours.of(connector));
    }

    private HttpRequest request() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(call.method()), "/");
        call.headers().forEach(request.headers()::set);
        request.headers().set(HttpHeaderNames.USER_AGENT, "vigil");
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        return request;
    }

    @Override
    public void connected() {
        if (body.length > 0) {
            upstreamNow().write(Unpooled.wrappedBuffer(body));
        }
        upstreamNow().writeLast();
    }

    @Override
    public void answered(HttpResponse head) {
        int status = head.status().code();
        boolean post = call.method().equals("POST");
        ReplayRule rule = new ReplayRule(
                connector, target(), post, renewed, followed || call.at().isPresent());
        Verdict verdict = rule.judge(status, head.headers());
        if (verdict instanceof Verdict.Pass) {
            if (ear.head(status, name -> Optional.ofNullable(head.headers().get(name)))) {
                upstreamNow().abandon();
                end.complete(Optional.empty());
            }
            return;
        }
        upstreamNow().abandon();
        if (verdict instanceof Verdict.Renew) {
            renew();
        } else if (verdict instanceof Verdict.Follow follow) {
            followed = true;
            detours.remember(connector, follow.target());
            send();
        } else {
            fail("HTTP " + status);
        }
    }

    /** As a client's request does it: the keeper hears that the token was refused, and may have a newer one soon. */
    private void renew() {
        renewed = true;
        long refused = used;
        Patience.await(loop, keeper.newerThan(connector.name(), refused), Permission.EXPIRED_PATIENCE, () -> {
            if (end.isDone()) {
                return;
            }
            if (keeper.look(connector.name()) instanceof Live live && live.generation() > refused) {
                send();
            } else {
                fail("the token was refused");
            }
        });
    }

    @Override
    public void answerPiece(HttpContent piece) {
        byte[] bytes = ByteBufUtil.getBytes(piece.content());
        boolean last = piece instanceof LastHttpContent;
        piece.release();
        boolean enough = ear.piece(bytes);
        if (enough && !last) {
            upstreamNow().abandon();
        }
        if (enough || last) {
            end.complete(Optional.empty());
        }
    }

    @Override
    public void unreachable(Throwable cause) {
        fail(Reasons.of(cause));
    }

    @Override
    public void broken(String reason) {
        fail(reason);
    }

    private void fail(String reason) {
        if (upstream != null) {
            upstream.abandon();
        }
        end.complete(Optional.of(reason));
    }

    private UpstreamCall upstreamNow() {
        return Objects.requireNonNull(upstream, "no call yet");
    }
}
