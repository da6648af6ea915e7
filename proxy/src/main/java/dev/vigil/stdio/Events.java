// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.sse.EventParser;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an event stream, and where it could be taken up again (2025-11-25, "Resumability and redelivery"). Goes on
 * over several answers. One thread at a time.
 */
final class Events implements EventParser.Listener {
    private static final Duration STANDARD_PAUSE = Duration.ofSeconds(1);
    private static final long SHORTEST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    private final LineWriter writer;
    private final Consumer<Outgoing> messages;
    private @Nullable Outgoing message;
    private @Nullable String upcomingId;
    private @Nullable String lastId;
    private Duration pause = STANDARD_PAUSE;
    private boolean anyEvent;

    /** @param messages gets each that is whole, and sends or drops it */
    Events(LineWriter writer, Consumer<Outgoing> messages) {
        this.writer = writer;
        this.messages = messages;
    }

    /** Takes the body of one more answer. */
    Wire.Pieces body() {
        EventParser parser = new EventParser(this);
        return new Wire.Pieces() {
            @Override
            public void piece(ByteBuffer piece) {
                parser.feed(piece);
            }

            @Override
            public void end() {
                tornOff();
            }

            @Override
            public void torn() {
                tornOff();
            }

            @Override
            public boolean isFlowing() {
                return message != null && message.isFlowing();
            }
        };
    }

    /** An event that has not come to its end never happened. */
    private void tornOff() {
        if (message != null) {
            message.drop();
            message = null;
        }
        upcomingId = null;
    }

    Optional<String> lastId() {
        return Optional.ofNullable(lastId).filter(id -> !id.isEmpty());
    }

    /** How long the server wants us to wait before we come again. */
    Duration pause() {
        return pause;
    }

    /** Has anything come since this was asked last? */
    boolean anyEvent() {
        boolean any = anyEvent;
        anyEvent = false;
        return any;
    }

    @Override
    public void data(ByteBuffer piece) {
        if (message == null) {
            message = new Outgoing(writer);
        }
        message.add(piece);
    }

    @Override
    public void event(String type) {
        anyEvent = true;
        if (upcomingId != null) {
            lastId = upcomingId;
        }
        Outgoing whole = message;
        message = null;
        if (whole == null || whole.isEmpty()) {
            return; // as a server does that only wants to be asked again
        }
        if (type.isEmpty()) {
            messages.accept(whole);
        } else {
            whole.drop();
        }
    }

    /** An id that we could not show is none: whoever takes the stream up again starts from the last one that we can. */
    @Override
    public void id(String id) {
        if (id.isEmpty() || MirrorHeaders.isPlain(id)) {
            upcomingId = id;
        }
    }

    @Override
    public void retry(String milliseconds) {
        if (milliseconds.matches("[0-9]{1,9}")) {
            long wanted = Math.max(SHORTEST_PAUSE_MILLIS, Long.parseLong(milliseconds));
            pause = Duration.ofMillis(Math.min(LONGEST_PAUSE_MILLIS, wanted));
        }
    }
}
