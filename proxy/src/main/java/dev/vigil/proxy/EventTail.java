// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;

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
    /** The two bytes before the next piece; a stream begins as if after a blank line. */
    private byte last = '\n';

    private byte beforeLast = '\n';

    EventTail(int limit) {
        this.limit = limit;
    }

    /** Takes a piece and gives what may be passed on now, perhaps nothing. The caller owns what it gets. */
    ByteBuf feed(ByteBuf piece) {
        int cut = endOfLastEvent(piece);
        remember(piece);
        if (cut < 0) {
            boolean tooLong = held.readableBytes() + piece.readableBytes() > limit;
            return torn || tooLong ? letThrough(piece) : hold(piece);
        }
        torn = false;
        if (cut == piece.writerIndex()) {
            return join(take(), piece);
        }
        ByteBuf events = join(take(), piece.readRetainedSlice(cut - piece.readerIndex()));
        hold(piece);
        return held.readableBytes() > limit ? join(events, letThrough(Unpooled.EMPTY_BUFFER)) : events;
    }

    /**
     * The index after the last blank line that ends in this piece; -1 when there is none. Looks from the end, because most
     * pieces end with an event and the first look is enough.
     */
    private int endOfLastEvent(ByteBuf piece) {
        for (int i = piece.writerIndex() - 1; i >= piece.readerIndex(); i--) {
            byte b = piece.getByte(i);
            if (isLineEnd(b) && endsBlankLine(b, at(piece, i - 1), at(piece, i - 2))) {
                return i + 1;
            }
        }
        return -1;
    }

    /** A line ends with LF, CR or CR LF; it is blank when another line end stands right before. */
    private static boolean endsBlankLine(byte b, byte before, byte beforeThat) {
        boolean secondHalf = b == '\n' && before == '\r';
        return isLineEnd(secondHalf ? beforeThat : before);
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    /** The byte at an index that may lie up to two places before the piece. */
    private byte at(ByteBuf piece, int index) {
        int ahead = piece.readerIndex() - index;
        return ahead <= 0 ? piece.getByte(index) : ahead == 1 ? last : beforeLast;
    }

    private void remember(ByteBuf piece) {
        int end = piece.writerIndex();
        byte newLast = at(piece, end - 1);
        beforeLast = at(piece, end - 2);
        last = newLast;
    }

    /** Copies small pieces together: many of them would pin as many receive buffers, and nest as deep. */
    private ByteBuf hold(ByteBuf piece) {
        held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(piece.alloc(), held, piece);
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
