// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Cuts an event stream where events end (WHATWG HTML, server-sent events: a blank line), so that a stream that breaks in
 * the middle of an event never shows a torn one. Holds at most {@code limit} bytes of an unfinished event; a longer event is
 * let through piece by piece. One thread at a time.
 */
final class EventTail {
    private final int limit;
    private ByteBuf held = Unpooled.EMPTY_BUFFER;
    /** Part of the event that is under way has been let through already. */
    private boolean torn;
    /** Line ends in a row so far; the state between two pieces. */
    private int lineEnds = 2;

    private boolean afterReturn;

    EventTail(int limit) {
        this.limit = limit;
    }

    /** Takes a piece and gives what may be passed on now, perhaps nothing. The caller owns what it gets. */
    ByteBuf feed(ByteBuf piece) {
        int cut = endOfLastEvent(piece);
        if (cut < 0) {
            return held.readableBytes() + piece.readableBytes() > limit || torn ? letThrough(piece) : hold(piece);
        }
        ByteBuf whole = piece.readRetainedSlice(cut - piece.readerIndex());
        ByteBuf events = join(take(), whole);
        torn = false;
        if (piece.isReadable()) {
            held = piece;
        } else {
            piece.release();
        }
        return held.readableBytes() > limit ? join(events, letThrough(Unpooled.EMPTY_BUFFER)) : events;
    }

    /** The index after the last blank line in this piece; -1 when there is none. Keeps the line state for the next. */
    private int endOfLastEvent(ByteBuf piece) {
        int last = -1;
        for (int i = piece.readerIndex(); i < piece.writerIndex(); i++) {
            byte b = piece.getByte(i);
            if (b == '\n' && afterReturn) {
                afterReturn = false; // the second half of one line end
                if (lineEnds >= 2) last = i + 1;
                continue;
            }
            afterReturn = b == '\r';
            lineEnds = b == '\n' || b == '\r' ? lineEnds + 1 : 0;
            if (lineEnds >= 2) last = i + 1;
        }
        return last;
    }

    private ByteBuf hold(ByteBuf piece) {
        held = join(held, piece);
        return Unpooled.EMPTY_BUFFER;
    }

    private ByteBuf letThrough(ByteBuf piece) {
        torn = true;
        return join(take(), piece);
    }

    private ByteBuf take() {
        ByteBuf taken = held;
        held = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    private static ByteBuf join(ByteBuf first, ByteBuf second) {
        if (!first.isReadable()) {
            first.release();
            return second;
        }
        if (!second.isReadable()) {
            second.release();
            return first;
        }
        return Unpooled.wrappedBuffer(first, second);
    }

    /** What is held at the stream's regular end. */
    ByteBuf rest() {
        return take();
    }

    /** Has the client seen whole events only? */
    boolean atBoundary() {
        return !torn;
    }

    void release() {
        take().release();
    }
}
