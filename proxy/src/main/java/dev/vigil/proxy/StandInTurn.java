// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.snapshot.Ask;
import dev.vigil.snapshot.Era;
import dev.vigil.snapshot.Placeholder;
import dev.vigil.snapshot.Served;
import dev.vigil.snapshot.StandIn;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Answers one request in the upstream's place, from what it once showed to the same account, and notes what its client is to
 * hear when the upstream can be asked again. On the client's event loop only.
 */
final class StandInTurn {
    private static final String CALL = "tools/call";
    private static final Set<String> CONNECTS = Set.of("initialize", "server/discover");

    private final StandIn standIn;
    private final Announcements announcements;
    private final Connector connector;
    private final HttpRequest request;
    private final SessionTurn session;
    private final PostBoxes boxes;
    private final TokenKeeper keeper;
    private final boolean inBox;

    /** @param inBox does it come through a {@link PostBox}? */
    StandInTurn(
            ProxyServer.Shared shared, Connector connector, HttpRequest request, SessionTurn session, boolean inBox) {
        this.standIn = shared.parts().standIn();
        this.announcements = shared.announcements();
        this.connector = connector;
        this.request = request;
        this.session = session;
        this.boxes = shared.boxes();
        this.keeper = shared.parts().keeper();
        this.inBox = inBox;
    }

    /** Where nothing can be asked: empty where the skip is the answer. */
    Optional<Reply> dead(Authorization authorization, RequestBody body, OwnAnswer own) {
        if (body.scanned().isJson() && body.scanned().isBatch()) {
            return deadBatch(authorization, body, own);
        }
        Optional<Ask> ask = ask(body.scanned());
        if (ask.isPresent() && isElsewhere(ask.get())) {
            return Optional.of(SkipReply.otherTransport(ask.get().id()));
        }
        return ask.flatMap(one -> standIn.dead(connector, authorization, one, SkipReply.sentence(own)))
                .map(served -> noted(served, ask.orElseThrow(), authorization, body));
    }

    /** MCP 2025-03-26: one answer for each request, the skip among them; no session begins in a batch. */
    private Optional<Reply> deadBatch(Authorization authorization, RequestBody body, OwnAnswer own) {
        List<RpcMessage> requests =
                body.scanned().messages().stream().filter(RpcMessage::isRequest).toList();
        List<String> answers = new ArrayList<>();
        boolean better = false;
        for (RpcMessage request : requests) {
            Ask ask = ask(request);
            Optional<Served> served = standIn.dead(connector, authorization, ask, SkipReply.sentence(own));
            served.ifPresent(shown -> announcements.answered(session.listener(), ask.method()));
            better |= served.isPresent();
            answers.add(served.map(Served::json)
                    .orElseGet(() -> new String(SkipReply.to(request, own), StandardCharsets.UTF_8)));
        }
        return better ? Optional.of(Reply.json(200, "[" + String.join(",", answers) + "]")) : Optional.empty();
    }

    /** Where the upstream has trouble: empty where nothing is remembered of it. */
    Optional<Reply> remembered(Authorization authorization, RequestBody body) {
        Optional<Ask> ask = ask(body.scanned()).filter(one -> !isElsewhere(one));
        return ask.flatMap(one -> standIn.remembered(connector, authorization, one))
                .map(served -> noted(served, ask.orElseThrow(), authorization, body));
    }

    /** Is the upstream known to speak HTTP+SSE? */
    boolean isOldSpoken() {
        return boxes.isSpokenBy(connector) || standIn.isOld(connector, keeper.look(connector.name()));
    }

    /** Does a client connect in a way in which the upstream could not go on with it? It tries the older one then. */
    private boolean isElsewhere(Ask ask) {
        return !inBox && CONNECTS.contains(ask.method()) && isOldSpoken();
    }

    private Reply noted(Served served, Ask ask, Authorization authorization, RequestBody body) {
        announcements.answered(session.listener(), ask.method());
        boolean begins = ask.method().equals("initialize") && served.status() == 200;
        Optional<String> id = begins ? session.stoodIn(authorization, body) : Optional.empty();
        session.owe(body);
        return Reply.json(served.status(), served.json()).inSession(id);
    }

    /** Has something been answered to this client in the upstream's place of which it should hear? */
    boolean isNewsOwed() {
        return announcements.owes(session.listener());
    }

    /** May the news be told on the stream of this request's answer? Streams of 2026-07-28 carry nothing foreign. */
    boolean mayTellOn(MessageScan scan) {
        return EarlyStream.fits(request, scan)
                && scan.method().equals(Optional.of(CALL))
                && ask(scan).filter(one -> one.era() == Era.LEGACY).isPresent();
    }

    /** What is owed, as events on the stream of an answer; told from now on. */
    List<ByteBuf> news() {
        return news(Optional.empty(), Optional.empty(), MissingNode.getInstance());
    }

    /**
     * The news, as events; told from now on.
     *
     * @param box where the client posts, if it does so elsewhere
     * @param wanted see {@link Announcements#take}
     */
    List<ByteBuf> news(Optional<PostBox> box, Optional<String> subscription, JsonNode wanted) {
        return announcements.take(box.<Object>map(known -> known).orElseGet(session::listener), wanted).stream()
                .map(method -> StreamWords.notification(method, subscription))
                .toList();
    }

    /** The answer to a call of the placeholder by a client that knows no other tool; empty for all else. */
    Optional<Reply> recovered(MessageScan scan) {
        boolean placeholder =
                scan.method().equals(Optional.of(CALL)) && scan.name().equals(Optional.of(Placeholder.TOOL));
        return ask(scan)
                .filter(one -> placeholder)
                .map(one -> Placeholder.recovered(connector, one))
                .map(served -> Reply.json(served.status(), served.json()));
    }

    /** What was asked, as far as it can be answered in the upstream's place. */
    Optional<Ask> ask(MessageScan scan) {
        if (!scan.isJson() || scan.isBatch()) {
            return Optional.empty();
        }
        return scan.messages().stream()
                .filter(RpcMessage::isRequest)
                .findFirst()
                .map(this::ask);
    }

    private Ask ask(RpcMessage message) {
        return new Ask(
                message.id().orElseThrow(),
                message.method().orElseThrow(),
                message.protocolVersion().or(message::askedVersion).or(this::header),
                message.cursor());
    }

    private Optional<String> header() {
        return Optional.ofNullable(request.headers().get(SessionTurn.VERSION));
    }
}
