// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Origin;
import dev.vigil.session.LoginKey;
import dev.vigil.session.SessionOwner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a client of HTTP+SSE (MCP 2024-11-05, "Transports"): tells it an address of ours to post to, in place of the
 * upstream's, and keeps the client's stream when the upstream's ends, to be joined to the next one. On the client's event
 * loop only.
 */
final class OldStream implements EndpointFilter.Ear {

    /** What a stream wants of its exchange. */
    interface Way {
        /** Asks for permission, and then the upstream for its stream. */
        void askAnew();

        /** The client's stream ends in good order: it asks for another one. */
        void endSoon();

        /** The upstream's stream is of no use any more. */
        void giveUp(OwnAnswer why);
    }

    private final ProxyServer.Shared shared;
    private final Connector connector;
    private final HttpRequest request;
    private final SessionOwner owner;
    private final Channel client;
    private final Answering answering;
    private final Way way;
    private final OldVoice voice;
    private final Rest rest;
    private Optional<Grant> grant = Optional.empty();
    private @Nullable PostBox box;
    private @Nullable EndpointFilter filter;
    private @Nullable OldHandshake handshake;

    OldStream(
            ProxyServer.Shared shared,
            Connector connector,
            HttpRequest request,
            SessionOwner owner,
            Channel client,
            Answering answering,
            Way way) {
        this.shared = shared;
        this.connector = connector;
        this.request = request;
        this.owner = owner;
        this.client = client;
        this.answering = answering;
        this.way = way;
        this.voice = new OldVoice(client, answering, () -> box == null ? null : box.next());
        this.rest = new Rest(shared.parts().time());
    }

    /** Where its client posts; empty as long as it is no stream of HTTP+SSE, or none that we know for one. */
    Optional<PostBox> box() {
        return Optional.ofNullable(box);
    }

    /** The upstream's answer passes from now on. */
    void passes(HttpResponse head, Optional<Grant> sent) {
        grant = sent;
        handshake = null;
        rest.begun();
        filter = mayBeOld() && EndpointFilter.fits(head.headers()) ? new EndpointFilter(this) : null;
        if (box != null && !box.fits(LoginKey.of(sent))) {
            filter = EndpointFilter.silence(); // somebody else has logged in: what the client has begun is over
            over();
            client.eventLoop().execute(() -> way.giveUp(trouble().sessionOver()));
        }
    }

    /** Clients of the newer transport show their session, if they have one. */
    private boolean mayBeOld() {
        return request.method().equals(HttpMethod.GET) && !request.headers().contains(SessionTurn.HEADER);
    }

    /** We hold the client's stream, which is open, in the upstream's place. */
    void holds(boolean spoken) {
        if (box == null && mayBeOld() && spoken) {
            answering.say(Unpooled.wrappedBuffer(opened()));
        }
    }

    private byte[] opened() {
        box = shared.boxes().open(owner, voice);
        String path = request.uri().split("[?]", 2)[0];
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return StreamWords.endpoint(base + PostBoxes.PATH + box.id());
    }

    /** A piece of the upstream's stream; gives what the client may hear of it. */
    HttpContent hears(HttpContent piece) {
        if (filter == null) {
            return piece;
        }
        boolean last = piece instanceof LastHttpContent;
        ByteBuf heard = filter.feed(piece.content());
        if (last) {
            filter.rest(heard);
        }
        if (box != null) {
            voice.speak(); // once this has been passed on
        }
        if (!last || box == null) {
            return piece.replace(heard);
        }
        client.eventLoop().execute(() -> way.giveUp(trouble().lost("its event stream ended")));
        return new DefaultHttpContent(heard);
    }

    @Override
    public byte[] endpoint(String address) {
        URI asked = shared.detours().of(connector);
        Optional<URI> target = Origin.resolved(asked, address).filter(one -> Origin.isSame(asked, one));
        if (target.isEmpty()) {
            return foreign(address);
        }
        shared.boxes().spokenBy(connector);
        byte[] event = box == null ? opened() : new byte[0];
        PostBox known = box().orElseThrow();
        known.way().remember(connector, target.get().toString());
        if (event.length == 0 && known.session().isPresent()) {
            SessionBegin.Way begin = new SessionBegin.Way(shared, target.get(), connector, grant, bare(), true);
            handshake = OldHandshake.begin(begin, known, client.eventLoop(), way);
        } else {
            known.opened();
        }
        return event;
    }

    /** The address that the upstream tells is whole: the query of its stream does not belong there. */
    private HttpRequest bare() {
        return new DefaultHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", request.headers().copy());
    }

    /** No token of ours may go there, and no client would post there. */
    private byte[] foreign(String address) {
        OwnAnswer why = trouble()
                .notMcp(new Verdict.NotMcp("its endpoint event names " + address + ", which is not of its origin"));
        client.eventLoop().execute(() -> way.giveUp(why));
        byte[] sentence = ClientReply.sentence(why.kind().word(), SkipReply.sentence(why));
        return StreamWords.error(sentence);
    }

    @Override
    public boolean message(byte[] data) {
        MessageScan scan = new MessageScan();
        scan.feed(Unpooled.wrappedBuffer(data));
        for (RpcMessage message : scan.messages()) {
            Optional<String> id = message.method().isPresent() ? Optional.empty() : message.id();
            if (id.isPresent() && handshake != null && handshake.isAnsweredBy(id.get())) {
                return false;
            }
            id.ifPresent(answered -> box().ifPresent(known -> known.answered(answered)));
        }
        return true;
    }

    /**
     * The upstream's stream is gone, or could not be had. True where the client's goes on without it: it has been told which
     * of its requests are lost, and the upstream is asked for another stream, by {@code askAnew}, in a moment.
     */
    boolean keeps(OwnAnswer why, Runnable askAnew) {
        if (box == null || answering.isOver() || !answering.keep()) {
            return false;
        }
        box.shut();
        filter = null;
        handshake = null;
        for (RpcMessage lost : box.lost()) {
            answering.say(StreamWords.event(SkipReply.to(lost, trouble().lost(OwnAnswer.plain(why.headline())))));
        }
        client.eventLoop().schedule(askAnew, rest.next().toMillis(), TimeUnit.MILLISECONDS);
        return true;
    }

    /** The client has gone, or its stream has ended. */
    void over() {
        box().ifPresent(shared.boxes()::close);
        box = null;
    }

    private UpstreamTrouble trouble() {
        return new UpstreamTrouble(connector.name());
    }
}
