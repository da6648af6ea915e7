// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Takes the answers to one {@link Call} and hands the client what is a message. One thread at a time, but for {@link #stop}. */
final class Reception {
    /** How often in a row a stream is taken up again that brings nothing. */
    private static final int FRUITLESS = 5;

    private final Parts parts;
    private final ClientMessage message;
    private final boolean silent;
    private final Waiting waiting;
    private final Runnable allAnswered;
    private final Events events;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private @Nullable Refusal refusal;
    private boolean resumptionRefused;
    private int fruitless;

    /** @param allAnswered called when nobody waits any more, where somebody did */
    Reception(Parts parts, ClientMessage message, boolean silent, Waiting waiting, Runnable allAnswered) {
        this.parts = parts;
        this.message = message;
        this.silent = silent;
        this.waiting = waiting;
        this.allAnswered = allAnswered;
        this.events = new Events(parts.writer(), this::deliver);
    }

    Wire.Pieces head(int status, HttpHeaders headers) {
        String type = headers.firstValue("Content-Type").orElse("");
        boolean good = status / 100 == 2;
        if (good && message.is("initialize")) {
            parts.session().begun(headers.firstValue(Session.ID));
        }
        if (good && type.startsWith("text/event-stream")) {
            return events.body();
        }
        if (good && type.startsWith("application/json")) {
            return new Whole(new Outgoing(parts.writer()), this::deliver);
        }
        refusal = new Refusal(status, type);
        return refusal;
    }

    /** As {@link #head}, for a stream that is taken up again. A server in trouble may be asked once more. */
    Wire.Pieces resumed(int status, HttpHeaders headers) {
        boolean stream = headers.firstValue("Content-Type").orElse("").startsWith("text/event-stream");
        resumptionRefused = status / 100 == 4;
        return status == 200 && stream ? events.body() : piece -> {};
    }

    private void deliver(Outgoing answer) {
        if (!answer.isMessage() || stopped.get()) {
            answer.drop();
            return;
        }
        answer.bytes().ifPresent(bytes -> parts.dialect().learn(message, bytes));
        if (silent) {
            answer.drop();
        } else {
            answer.send();
        }
        answer.answers().forEach(waiting::answered);
        if (waiting.isNobody() && !message.requests().isEmpty()) {
            allAnswered.run();
        }
    }

    /** What the newest answer was, if it was none; forgotten when it is taken. */
    Optional<Refusal> takeRefusal() {
        Optional<Refusal> taken = Optional.ofNullable(refusal);
        refusal = null;
        return taken;
    }

    Events events() {
        return events;
    }

    /** Only where the server gave its events ids, as those of 2025-11-25 do that close a stream to be asked again. */
    boolean isResumable() {
        fruitless = events.anyEvent() ? 0 : fruitless + 1;
        return events.lastId().isPresent()
                && fruitless <= FRUITLESS
                && !resumptionRefused
                && !parts.dialect().isModern(message);
    }

    /** The client is given nothing more. Any thread. */
    void stop() {
        stopped.set(true);
    }

    boolean isStopped() {
        return stopped.get();
    }
}
