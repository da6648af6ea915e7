// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.session.LoginKey;
import dev.vigil.session.Session;
import dev.vigil.session.SessionBook;
import dev.vigil.session.SessionOwner;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a client of HTTP+SSE (MCP 2024-11-05, "Transports") posts its messages: a path of ours that leads to the upstream's,
 * for as long as the client's stream is open, on which all answers come. Any thread.
 */
final class PostBox {
    /** What is said on the stream and cannot stand there yet; more is told over HTTP. */
    private static final int MOST_WAITING = 1 << 20;
    /** Of more requests it is not told that their answers were lost. */
    private static final int MOST_ASKED = 1_000;
    /** How long a message waits for the upstream's stream to stand again. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final JsonMapper JSON = JsonMapper.shared();

    /** The client's stream. */
    interface Voice {
        /** Does the client read it? Any thread. */
        boolean isHeard();

        /** Something waits to be said; any thread. */
        void speak();
    }

    private final String id;
    private final SessionOwner owner;
    private final Voice voice;
    private final Detours way = new Detours();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private final Map<String, RpcMessage> asked = new LinkedHashMap<>();
    private Optional<Session> session = Optional.empty();
    private CompletableFuture<Void> open = new CompletableFuture<>();
    private boolean over;

    PostBox(String id, SessionOwner owner, Voice voice) {
        this.id = id;
        this.owner = owner;
        this.voice = voice;
    }

    String id() {
        return id;
    }

    boolean isOf(SessionOwner other) {
        return owner.equals(other);
    }

    /** Leads from the connector to the upstream's address for messages, which its stream has told. */
    Detours way() {
        return way;
    }

    /** The upstream takes messages: it has told its address, and knows the client. */
    void opened() {
        open().complete(null);
    }

    private synchronized CompletableFuture<Void> open() {
        return open;
    }

    /** The upstream's stream is not there. */
    synchronized void shut() {
        if (open.isDone()) {
            open = new CompletableFuture<>();
        }
    }

    /** Goes on as soon as the upstream takes messages; at once if it does. */
    void whenOpen(EventLoop loop, UpstreamTrouble trouble, RequestBody body, SessionBegin.Waiter waiter) {
        CompletableFuture<Void> wanted = open();
        if (wanted.isDone()) {
            body.whenEnough(() -> goOn(body, waiter));
        } else {
            Patience.await(loop, wanted, PATIENCE, () -> {
                if (!waiter.isOver() && wanted.isDone()) {
                    body.whenEnough(() -> goOn(body, waiter));
                } else if (!waiter.isOver()) {
                    waiter.failed(trouble.unreachable("its event stream is not open yet"));
                }
            });
        }
    }

    private void goOn(RequestBody body, SessionBegin.Waiter waiter) {
        if (!waiter.isOver()) {
            body.scanned().messages().forEach(this::asks); // before it is sent: the answer may be faster than the 202
            waiter.begun();
        }
    }

    private synchronized void asks(RpcMessage message) {
        if (message.isRequest() && asked.size() < MOST_ASKED) {
            asked.put(message.id().orElseThrow(), message);
        }
    }

    /** This request has its answer, or will get none. */
    synchronized void answered(String rawId) {
        asked.remove(rawId);
    }

    /** The requests without an answer, which count as answered from now on. */
    synchronized List<RpcMessage> lost() {
        List<RpcMessage> all = List.copyOf(asked.values());
        asked.clear();
        return all;
    }

    /** Says an answer of ours on the client's stream; what comes of it goes into the answer to the POST. */
    Reply tell(Reply reply) {
        boolean goesOnTheStream = reply.body().length > 0 && (reply.status() < 300 || reply.status() >= 500);
        if (!goesOnTheStream || !messages(reply.body()).stream().allMatch(this::say)) {
            return reply;
        }
        MessageScan scan = new MessageScan();
        scan.feed(Unpooled.wrappedBuffer(reply.body()));
        scan.messages().forEach(message -> message.id().ifPresent(this::answered));
        return Reply.accepted();
    }

    /** A stream carries one message in each event. */
    private static List<byte[]> messages(byte[] json) {
        return json[0] == '['
                ? JSON.readTree(json).valueStream().map(JSON::writeValueAsBytes).toList()
                : List.of(json);
    }

    /** @param json on one line; false where nobody would hear it */
    boolean say(byte[] json) {
        synchronized (this) {
            if (over || waitingBytes > MOST_WAITING || !voice.isHeard()) {
                return false;
            }
            waiting.add(json);
            waitingBytes += json.length;
        }
        voice.speak();
        return true;
    }

    /** What is to be said next; null for nothing. */
    synchronized byte @Nullable [] next() {
        byte[] next = waiting.poll();
        waitingBytes -= next == null ? 0 : next.length;
        return next;
    }

    synchronized void end() {
        over = true;
        waiting.clear();
    }

    /** May it be used with this login? Never with that of another account. */
    synchronized boolean fits(LoginKey login) {
        return session.map(known -> known.belongsTo(login)).orElse(true);
    }

    /** A request was granted which is to be repeated if the upstream has to be told anew who we are. */
    synchronized void note(LoginKey login, RequestBody body) {
        if (body.scanned().method().equals(Optional.of("initialize"))) {
            body.text(SessionBook.LONGEST_HANDSHAKE)
                    .ifPresent(handshake -> session = Optional.of(Session.ofAStream(owner, login, handshake)));
        } else {
            session.ifPresent(known -> Wishes.note(known, body));
        }
    }

    /** What the client has said of itself; empty where it has said nothing. */
    synchronized Optional<Session> session() {
        return session;
    }
}
