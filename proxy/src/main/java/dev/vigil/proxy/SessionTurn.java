// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Grant;
import dev.vigil.session.LoginKey;
import dev.vigil.session.Session;
import dev.vigil.session.SessionBook;
import dev.vigil.session.SessionOwner;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Optional;

/**
 * The client's session in one exchange (MCP 2025-11-25, "Session Management"): the id that the client shows becomes the
 * upstream's on the way there, and the other way round in the answer. On the client's event loop only.
 */
final class SessionTurn {
    static final String HEADER = "Mcp-Session-Id";
    static final String VERSION = "MCP-Protocol-Version";

    private final SessionBook book;
    private final SessionOwner owner;
    private final HttpRequest request;
    private final Optional<PostBox> box;
    private final Optional<String> shown;
    private Optional<Session> session;
    private Optional<String> sentAs = Optional.empty();

    /** @param box in HTTP+SSE, which knows no other sessions */
    SessionTurn(SessionBook book, SessionOwner owner, HttpRequest request, Optional<PostBox> box) {
        this.book = book;
        this.owner = owner;
        this.request = request;
        this.box = box;
        this.shown = box.isPresent()
                ? Optional.empty()
                : Optional.ofNullable(request.headers().get(HEADER));
        this.session = shown.flatMap(id -> book.find(id, owner));
        session.ifPresent(
                known -> Optional.ofNullable(request.headers().get(VERSION)).ifPresent(known::speaks));
    }

    SessionOwner owner() {
        return owner;
    }

    Optional<Session> known() {
        return session;
    }

    /** Does the client show a session that is nobody's, or another one's? Then it has to begin a new one. */
    boolean isUnknown() {
        return shown.isPresent() && session.isEmpty();
    }

    /** May it be used with this login? A session of somebody else's account ends. */
    boolean fits(Optional<Grant> grant) {
        LoginKey login = LoginKey.of(grant);
        session = session.filter(known -> !book.isOver(known, login));
        return !isUnknown() && box.map(known -> known.fits(login)).orElse(true);
    }

    /** Sees to it that the upstream knows the session, and tells the waiter then. */
    void ready(SessionBegin.Way way, EventLoop loop, RequestBody body, SessionBegin.Waiter waiter) {
        LoginKey login = LoginKey.of(way.grant());
        if (box.isPresent()) {
            box.get().whenOpen(loop, new UpstreamTrouble(owner.connector()), body, waiter);
        } else if (session.isPresent() && !isEnd() && !session.get().isBegun(login)) {
            SessionBegin.begin(way, session.get(), loop, waiter);
        } else {
            waiter.begun();
        }
    }

    void toUpstream(HttpRequest head) {
        if (session.isPresent()) {
            sentAs = session.get().upstreamId();
            head.headers().remove(HEADER);
            sentAs.ifPresent(id -> head.headers().set(HEADER, id));
        }
    }

    /** Does the request go with a session that can be begun anew? */
    boolean isKnown() {
        return session.isPresent() && !isEnd();
    }

    /** The upstream has forgotten the session that it was shown; another exchange may have begun it anew meanwhile. */
    void lost() {
        session.ifPresent(known -> known.lost(sentAs));
    }

    /** The answer goes to the client: what it says of the session, and what the client has said in the request. */
    void passed(HttpResponse answer, Optional<Grant> grant, RequestBody body) {
        HttpHeaders headers = answer.headers();
        boolean good = answer.status().code() < 300;
        box.ifPresent(known -> posted(known, good, LoginKey.of(grant), body));
        Optional<String> upstream = Optional.ofNullable(headers.get(HEADER));
        headers.remove(HEADER);
        if (session.isEmpty() && upstream.isPresent() && good && isInitialize(body)) {
            session = Optional.of(minted(grant, body));
        }
        if (session.isEmpty()) {
            return;
        }
        if (upstream.isPresent() && good && session.get().upstreamId().equals(sentAs)) { // else it was begun anew since
            session.get().begun(LoginKey.of(grant), upstream);
        }
        if (upstream.isPresent()) {
            headers.set(HEADER, session.get().id());
        }
        if (isEnd() && (good || answer.status().code() == 404)) {
            ended();
        } else if (good) {
            note(body);
        }
    }

    /** The client has ended it. */
    void ended() {
        session.ifPresent(known -> book.forget(known.id()));
    }

    /** We began it in the upstream's place: the id for the client, and the rest when the upstream can be asked. */
    Optional<String> stoodIn(Authorization authorization, RequestBody body) {
        if (session.isEmpty() && box.isEmpty()) {
            session = Optional.of(minted(grant(authorization), body));
        }
        box.ifPresent(known -> known.note(LoginKey.of(grant(authorization)), body));
        return session.map(Session::id);
    }

    private static void posted(PostBox box, boolean good, LoginKey login, RequestBody body) {
        if (good) {
            box.note(login, body);
        } else {
            body.scanned().messages().forEach(refused -> refused.id().ifPresent(box::answered));
        }
    }

    private static Optional<Grant> grant(Authorization authorization) {
        if (authorization instanceof Live live) return Optional.of(live.grant());
        return authorization instanceof NeedsLogin dead ? Optional.of(dead.last()) : Optional.empty();
    }

    /** Who hears what happens: the session, or where there is none, the client as such. */
    Object listener() {
        return box.<Object>map(known -> known)
                .or(() -> session.map(Session::id))
                .orElse(owner);
    }

    private Session minted(Optional<Grant> grant, RequestBody body) {
        return book.mint(
                owner,
                LoginKey.of(grant),
                body.text(SessionBook.LONGEST_HANDSHAKE).orElse(""));
    }

    private static boolean isInitialize(RequestBody body) {
        return body.scanned().method().equals(Optional.of("initialize"));
    }

    /** We have granted a request in the upstream's place, which hears of it when the session is begun anew. */
    void owe(RequestBody body) {
        note(body);
        if (Wishes.isOne(body)) {
            session.ifPresent(known -> known.lost(known.upstreamId()));
        }
    }

    /** A request was granted that is to be repeated if the session has to be begun anew. */
    void note(RequestBody body) {
        if (request.method().equals(HttpMethod.POST)) {
            box.flatMap(PostBox::session).or(() -> session).ifPresent(known -> Wishes.note(known, body));
        }
    }

    /** Does the client end it? What was forgotten already need not be begun for that. */
    private boolean isEnd() {
        return request.method().equals(HttpMethod.DELETE);
    }
}
