// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server on stdio for one client, which is the proxy in truth: each line goes out as a POST with the headers of its
 * era, and each message that comes back is a line. Both eras, and what they say of bridges, see {@code docs/stdio.md}.
 */
public final class Bridge {
    /** What is longer is refused. A body is held until it is answered, so this bounds our memory, as does the next. */
    private static final long LONGEST_LINE = 96L << 20;
    /** Smaller lines need no room. */
    private static final int LARGE_KIB = 1024;

    /**
     * How long, and how much.
     *
     * @param stall how long an answer that is in the way of all others may be silent, at least
     * @param patience how long a large line waits for room, and all behind it: then it goes, since the answers that would
     *     make room may themselves wait for one of those
     * @param roomKib for all large lines together whose answers have not come, unless it is one alone
     */
    record Limits(Duration stall, Duration patience, int roomKib) {
        static final Limits STANDARD = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(30), 64 << 10);
    }

    /** The handshake goes first: what comes after it needs the session. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(60);

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(1);
    /** Answered when the client does not want it any more, which at the end it does not. */
    private static final String LISTEN = "subscriptions/listen";

    private final Parts parts;
    private final Limits limits;
    private final Semaphore room;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    /** Guarded by this. */
    private @Nullable ListenStream listening;

    /**
     * @param out belongs to the client's messages alone
     * @param gone called when the client reads no more; any thread, perhaps several times
     * @param notes hears what a person should know, in whole lines; any thread
     */
    public Bridge(Endpoint endpoint, PrintStream out, Runnable gone, Consumer<String> notes) {
        this(endpoint, out, gone, notes, Limits.STANDARD);
    }

    Bridge(Endpoint endpoint, PrintStream out, Runnable gone, Consumer<String> notes, Limits limits) {
        this.limits = limits;
        this.room = new Semaphore(limits.roomKib(), true);
        parts = Parts.of(new Wire(endpoint, limits.stall()), new LineWriter(out, gone), notes);
    }

    /** Passes on what the client writes, until it writes no more. Blocks; one thread. */
    public void pass(InputStream in) throws IOException {
        LineReader lines = new LineReader(in, LONGEST_LINE);
        for (Optional<LineReader.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
            try {
                pass(line.get());
            } catch (ClientMessage.Malformed e) {
                parts.writer().line(e.answer());
            }
        }
    }

    private void pass(LineReader.Line line) throws ClientMessage.Malformed {
        if (line.isTooLong()) {
            throw new ClientMessage.Malformed(
                    ClientMessage.Malformed.NOT_A_MESSAGE, "a line may have " + (LONGEST_LINE >> 20) + " MiB at most");
        }
        ClientMessage message = ClientMessage.read(line.body());
        Optional<Call> cancelled = message.cancels().flatMap(this::cancel);
        if (cancelled.isPresent() && parts.dialect().isModern(cancelled.get().message())) {
            return; // closing the connection has said it
        }
        parts.dialect().hear(message);
        Call call = begin(message);
        if (message.is("initialize") || message.is("notifications/initialized")) {
            await(call.over(), HANDSHAKE);
        }
    }

    private Call begin(ClientMessage message) {
        int taken = takeRoom((int) Math.min(limits.roomKib(), message.body().length() >> 10));
        Call call = new Call(parts, message, false);
        calls.add(call);
        call.over().whenComplete((done, failure) -> over(call, taken));
        call.begin();
        return call;
    }

    /** How much of the room a line has taken now. */
    private int takeRoom(int kib) {
        try {
            boolean taken =
                    kib >= LARGE_KIB && room.tryAcquire(kib, limits.patience().toMillis(), TimeUnit.MILLISECONDS);
            return taken ? kib : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private Optional<Call> cancel(String id) {
        String wanted = Waiting.plain(id);
        Optional<Call> found = calls.stream()
                .filter(call -> call.message().requests().stream()
                        .anyMatch(asked -> Waiting.plain(asked).equals(wanted)))
                .findFirst();
        found.ifPresent(call -> call.cancel(id));
        return found;
    }

    private void over(Call call, int taken) {
        room.release(taken);
        calls.remove(call);
        if (parts.session().isConfirmed()) {
            listen();
        }
    }

    /** One stream for one session, which may have been begun anew. */
    private synchronized void listen() {
        Session.Known now = parts.session().now();
        if (listening != null && listening.session().equals(now)) {
            return;
        }
        if (listening != null) {
            listening.close();
        }
        listening = new ListenStream(parts, now);
        listening.open();
    }

    /** Lets answers under way come, for five seconds at most, then ends everything, the session too. Blocks. */
    public void close() {
        List<CompletableFuture<Void>> last = calls.stream()
                .filter(call -> !call.message().is(LISTEN))
                .map(Call::over)
                .toList();
        await(CompletableFuture.allOf(last.toArray(CompletableFuture<?>[]::new)), LAST_ANSWERS);
        calls.forEach(Call::close);
        synchronized (this) {
            if (listening != null) {
                listening.close();
            }
        }
        Session.Known session = parts.session().now();
        if (session.id().isPresent()) {
            parts.wire().request().ifPresent(request -> endSession(request, session));
        }
    }

    private void endSession(HttpRequest.Builder request, Session.Known session) {
        session.headers().forEach(request::setHeader);
        await(
                parts.wire()
                        .send(request.DELETE().build(), (status, headers) -> piece -> {})
                        .whole(),
                FAREWELL);
    }

    /** How it ends does not matter here. */
    private static void await(CompletableFuture<?> end, Duration limit) {
        try {
            end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Whoever waits for it has been told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
