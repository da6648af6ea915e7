// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.session.Session;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells an upstream of HTTP+SSE, whose stream has begun anew, who the client is: by the client's own requests, whose answers
 * come on the stream and are not the client's. On the client's event loop only.
 */
final class OldHandshake implements Handshake.Asker {
    private final PostBox box;
    private final SessionBegin.Way way;
    private final OldStream.Way stream;
    /** Raw ids of requests that have no answer yet. */
    private final Set<String> awaited = new HashSet<>();

    private String halt = "";
    private Runnable goOn = () -> {};

    private OldHandshake(PostBox box, SessionBegin.Way way, OldStream.Way stream) {
        this.box = box;
        this.way = way;
        this.stream = stream;
    }

    static OldHandshake begin(SessionBegin.Way way, PostBox box, EventLoop loop, OldStream.Way stream) {
        OldHandshake handshake = new OldHandshake(box, way, stream);
        Session session = box.session().orElseThrow();
        Stream.concat(Stream.of(session.handshake()), session.wishes().stream())
                .map(step -> id(step.getBytes(StandardCharsets.UTF_8)))
                .flatMap(Optional::stream)
                .forEach(handshake.awaited::add);
        Handshake.begin(way, session, loop, handshake);
        return handshake;
    }

    private static Optional<String> id(byte[] step) {
        MessageScan scan = new MessageScan();
        scan.feed(Unpooled.wrappedBuffer(step));
        return scan.messages().stream()
                .map(RpcMessage::id)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Does an answer on the stream belong to it? */
    boolean isAnsweredBy(String rawId) {
        boolean ours = awaited.remove(rawId);
        if (ours && rawId.equals(halt)) {
            goOn.run();
        }
        return ours;
    }

    @Override
    public void taken(byte[] step, Runnable next) {
        halt = id(step).filter(awaited::contains).orElse("");
        goOn = next;
        if (halt.isEmpty()) {
            next.run();
        }
    }

    @Override
    public void begun() {
        box.opened();
    }

    @Override
    public void refused(HttpResponse head, Verdict verdict) {
        failed(new UpstreamTrouble(way.connector().name())
                .unreachable("its session could not be begun anew, HTTP "
                        + head.status().code()));
    }

    @Override
    public void failed(OwnAnswer why) {
        stream.giveUp(why);
    }
}
