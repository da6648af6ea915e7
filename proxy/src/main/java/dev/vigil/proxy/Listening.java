// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Zone;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stream on which a client listens: the GET stream of a session, or {@code subscriptions/listen} of 2026-07-28. While the
 * upstream cannot be asked we hold it ourselves; when it can again, the client hears what has changed, and the stream becomes
 * the upstream's. On the client's event loop, but for {@link #recovered}.
 */
final class Listening implements HeldStreams.Held {
    private static final String LISTEN = "subscriptions/listen";
    private static final ByteBuf ANNOUNCEMENT = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("/list_changed\"", StandardCharsets.US_ASCII).asReadOnly());
    private static final int LONGEST = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ProxyServer.Shared shared;
    private final Connector connector;
    private final HttpRequest request;
    private final EventLoop loop;
    private final Answering answering;
    private final StandInTurn standIn;
    private final OldStream.Way way;
    private final OldStream old;
    /** The raw id of the request that listens; empty on a GET stream. */
    private Optional<String> subscription = Optional.empty();

    /** What the client asked a held stream of 2026-07-28 to tell. */
    private ObjectNode wanted = JSON.createObjectNode();

    private boolean registered;
    private boolean held;
    /** Has the upstream been asked for a stream, and has not answered? */
    private boolean asked;

    Listening(
            ProxyServer.Shared shared,
            Connector connector,
            HttpRequest request,
            EventLoop loop,
            Answering answering,
            StandInTurn standIn,
            OldStream old,
            OldStream.Way way) {
        this.shared = shared;
        this.connector = connector;
        this.request = request;
        this.loop = loop;
        this.answering = answering;
        this.standIn = standIn;
        this.old = old;
        this.way = way;
    }

    /** Does this request open such a stream, and is there something to wait for? */
    boolean mayHold(RequestBody body) {
        boolean listens = isGet() || body.scanned().method().equals(Optional.of(LISTEN));
        return listens && EarlyStream.acceptsEvents(request) && !isBack();
    }

    /** Holds the stream in the upstream's place; the whole request has been read. */
    void hold(RequestBody body) {
        held = true;
        asked = false;
        if (!answering.isOpen()) {
            register(); // first: once the client sees the stream, it may not miss anything
            answering.begin();
            old.holds(standIn.isOldSpoken());
            subscription = isGet() ? Optional.empty() : id(body);
            subscription.ifPresent(id -> {
                wanted = wanted(body);
                answering.say(StreamWords.acknowledged(id, wanted));
            });
        }
        recovered(); // it may have been while we were told no
    }

    /** The upstream holds it. */
    void passes(HttpResponse head, Optional<Grant> grant, RequestBody body) {
        asked = false;
        old.passes(head, grant);
        if (!held && (isGet() || LISTEN.equals(request.headers().get("Mcp-Method")))) {
            subscription = isGet() ? Optional.empty() : id(body);
            register();
        }
        held = false;
    }

    /**
     * A piece of the upstream's stream; gives what the client may hear of it. An announcement that is torn between two pieces
     * waits for the daily look.
     */
    HttpContent hears(HttpContent piece) {
        if (registered && ByteBufUtil.indexOf(ANNOUNCEMENT, piece.content()) >= 0) {
            shared.parts().lists().announced(connector.name());
        }
        return old.hears(piece);
    }

    /** Does the client wait for nothing in particular? */
    boolean isIdle() {
        return isGet() || subscription.isPresent();
    }

    /** What ends the stream well: the result of the request that opened it (MCP 2026-07-28, "Subscriptions"). */
    ByteBuf lastWord() {
        return subscription.map(StreamWords::listened).orElse(Unpooled.EMPTY_BUFFER);
    }

    /** The upstream has no such stream. Is it ours still, whatever it says? Then it may be asked again. */
    boolean staysOurs() {
        asked &= !held;
        return held;
    }

    /** Does the client's stream go on without the upstream's? */
    boolean keeps(OwnAnswer why) {
        boolean kept = old.keeps(why, this::askAnew);
        asked &= !kept;
        held |= kept;
        return kept;
    }

    private void register() {
        registered = true;
        shared.held().add(connector.name(), this);
        answering.whenOver(() -> {
            shared.held().remove(connector.name(), this);
            old.over();
        });
    }

    @Override
    public void recovered() {
        loop.execute(() -> {
            if (!answering.isOver() && isBack()) {
                goOn();
            }
        });
    }

    /** The upstream says nothing more on the stream of its old session: the client asks for the new one's. */
    @Override
    public void moved(String session) {
        if (isGet() && session.equals(request.headers().get(SessionTurn.HEADER))) {
            loop.execute(() -> {
                if (!answering.isOver() && !held) {
                    way.endSoon();
                }
            });
        }
    }

    private void goOn() {
        if (!shared.parts().connectors().apply(connector.name()).equals(Optional.of(connector))) {
            way.endSoon(); // it leads elsewhere now
            return;
        }
        if (answering.canSay()) { // else they stay owed, for the next call
            standIn.news(old.box(), subscription, wanted).forEach(answering::say);
            wanted = JSON.createObjectNode();
        }
        if (held) {
            askAnew(); // ending it would do for some clients; the official one never listens again by itself
        }
    }

    private void askAnew() {
        if (!asked && !answering.isOver()) { // we may hear of one login more than once
            asked = true;
            way.askAnew();
        }
    }

    private boolean isBack() {
        Authorization now = shared.parts().keeper().look(connector.name());
        return now instanceof NotNeeded
                || now instanceof Live live && live.zone(shared.parts().time().now()) != Zone.EXPIRED;
    }

    private static Optional<String> id(RequestBody body) {
        return body.scanned().messages().stream()
                .map(RpcMessage::id)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What the client wants to hear of, which is more than we will ever tell. */
    private static ObjectNode wanted(RequestBody body) {
        try {
            JsonNode asked = JSON.readTree(body.text(LONGEST).orElse("{}"));
            return asked.path("params").path("notifications") instanceof ObjectNode wanted
                    ? wanted
                    : JSON.createObjectNode();
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    private boolean isGet() {
        return request.method().equals(HttpMethod.GET);
    }
}
