// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer on its way to the client: the upstream's, streamed as it comes, but never so that a break in the middle could
 * pass for an answer; or an event stream that we began, into which the upstream's answer is poured when it comes. On the
 * client's event loop only.
 */
final class AnswerStream {
    /** A JSON answer up to this size is passed on when it is complete; so is one event. Nothing larger is ever held. */
    static final int HELD = 64 * 1024;

    /** What may be done when the upstream has broken off. */
    enum Break {
        /** The client has seen nothing: any answer can be given. */
        NOTHING_SENT,
        /** The client stands between two events: one more can be added. */
        BETWEEN_EVENTS,
        /** The client has part of something: only a reset tells it. */
        IN_THE_MIDDLE
    }

    private final ChannelHandlerContext client;
    private final HttpResponse head;
    /** Did we begin it, or go on with it without the upstream? */
    private boolean ours;

    private @Nullable EventTail events;
    private final List<ByteBuf> held = new ArrayList<>();
    private int heldBytes;
    private boolean holding;
    /** Has part of a JSON answer been written as part of an event of ours? */
    private boolean inEvent;

    private long passed;

    private AnswerStream(ChannelHandlerContext client, HttpResponse head, boolean ours) {
        this.client = client;
        this.head = head;
        this.ours = ours;
    }

    /** The upstream's answer; its head is written, unless it waits for the rest of a short answer. */
    static AnswerStream passing(ChannelHandlerContext client, HttpResponse head) {
        AnswerStream stream = new AnswerStream(client, head, false);
        stream.pour(head.headers());
        if (!stream.holding) {
            client.write(head);
        }
        return stream;
    }

    /** An event stream of our own, with nothing in it yet. */
    static AnswerStream ours(ChannelHandlerContext client, HttpResponse head) {
        client.writeAndFlush(head);
        return new AnswerStream(client, head, true);
    }

    /** The upstream answers now, with events or with JSON: what it says becomes events of ours. */
    void pour(HttpHeaders upstream) {
        boolean plain = isPlain(upstream);
        holding = plain && ReplayRule.isJson(upstream);
        events = plain && ReplayRule.isEvents(upstream) ? new EventTail(HELD) : null;
    }

    /** The stream goes on without the upstream. False where the client stands in the middle of an event. */
    boolean becomesOurs() {
        if (events != null && isBetweenEvents()) {
            events.release();
            events = null;
            ours = true;
        }
        return isBetweenEvents();
    }

    /** Does the client read events, which we can tell apart? */
    boolean isEvents() {
        return ours || events != null;
    }

    /** May something of ours stand here? */
    boolean isBetweenEvents() {
        boolean open = !head.headers().contains(HttpHeaderNames.CONTENT_LENGTH); // or an event more would not fit
        return open && (events == null ? ours && !inEvent : events.atBoundary());
    }

    /** Adds something of ours: a whole event, or a comment. Only where {@link #isBetweenEvents}. */
    void inject(ByteBuf whole) {
        client.writeAndFlush(new DefaultHttpContent(whole));
    }

    /** Passes a piece on; owns it. True when it was the last. */
    boolean content(HttpContent piece) {
        ByteBuf bytes = piece.content();
        passed += bytes.readableBytes();
        if (holding) {
            hold(bytes);
        } else if (events != null) {
            write(events.feed(bytes));
        } else {
            write(inEvent ? StreamWords.onOneLine(bytes) : bytes);
        }
        boolean last = piece instanceof LastHttpContent;
        if (last) {
            end();
        }
        return last;
    }

    private void hold(ByteBuf bytes) {
        held.add(bytes);
        heldBytes += bytes.readableBytes();
        if (heldBytes > HELD) {
            letGo();
        }
    }

    private void letGo() {
        holding = false;
        if (ours) {
            inEvent = true;
            held.forEach(StreamWords::onOneLine);
            write(StreamWords.beginOfEvent());
        } else {
            client.write(head);
        }
        held.forEach(this::write);
        held.clear();
    }

    private void end() {
        if (holding) {
            letGo();
        }
        if (events != null) {
            write(events.rest());
        }
        if (inEvent) {
            inEvent = false;
            write(StreamWords.endOfEvent());
        }
        client.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void write(ByteBuf bytes) {
        if (bytes.isReadable()) {
            client.write(new DefaultHttpContent(bytes));
        } else {
            bytes.release();
        }
    }

    /** Adds an event, which may be empty, and ends the stream. Only {@link Break#BETWEEN_EVENTS}. */
    void endWith(ByteBuf event) {
        write(event);
        client.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** What the client has seen so far. Whatever is held is dropped. */
    Break drop() {
        held.forEach(ByteBuf::release);
        held.clear();
        boolean between = isBetweenEvents();
        if (events != null) {
            events.release();
        }
        if (holding && !ours) {
            return Break.NOTHING_SENT;
        }
        return between ? Break.BETWEEN_EVENTS : Break.IN_THE_MIDDLE;
    }

    /** Bytes of body that have come from the upstream. */
    long passed() {
        return passed;
    }

    int status() {
        return head.status().code();
    }

    /** Encoded answers pass untouched, and nothing is injected into them. */
    static boolean isPlain(HttpHeaders headers) {
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        return encoding == null || HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding);
    }
}
