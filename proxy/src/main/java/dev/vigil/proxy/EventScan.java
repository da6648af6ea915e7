// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads along on an event stream (WHATWG HTML, server-sent events) and tells what the messages in it say of themselves, each
 * as soon as its event has ended. Holds nothing of them but what {@link MessageScan} finds. One thread at a time.
 */
final class EventScan {
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final ByteBuf LINE_END = Unpooled.unreleasableBuffer(
            Unpooled.wrappedBuffer(new byte[] {'\n'}).asReadOnly());

    private enum Place {
        NAME,
        VALUE,
        /** A line that says nothing to us. */
        REST
    }

    private final Consumer<RpcMessage> heard;
    private MessageScan scan = new MessageScan();
    private boolean hasData;
    private Place place = Place.NAME;
    /** Bytes of the line's name so far. */
    private int named;

    private byte last;

    EventScan(Consumer<RpcMessage> heard) {
        this.heard = heard;
    }

    /** Looks at the readable bytes. Does not move the reader index. */
    void feed(ByteBuf piece) {
        int end = piece.writerIndex();
        for (int at = piece.readerIndex(); at < end; at++) {
            if (place == Place.VALUE) {
                int lineEnd = endOfLine(piece, at, end);
                scan.feed(piece.slice(at, lineEnd - at));
                at = lineEnd;
            }
            if (at < end) {
                take(piece.getByte(at));
            }
        }
    }

    private static int endOfLine(ByteBuf piece, int from, int end) {
        int at = from;
        while (at < end && !isLineEnd(piece.getByte(at))) {
            at++;
        }
        return at;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    private void take(byte b) {
        boolean secondHalf = b == '\n' && last == '\r';
        last = b;
        if (isLineEnd(b) && !secondHalf) {
            endOfLine();
        } else if (!isLineEnd(b) && place == Place.NAME) {
            name(b);
        }
    }

    private void name(byte b) {
        if (named < DATA.length && b == DATA[named]) {
            named++;
        } else {
            place = named == DATA.length && b == ':' ? Place.VALUE : Place.REST;
        }
    }

    private void endOfLine() {
        if (place == Place.VALUE) {
            hasData = true;
            scan.feed(LINE_END.duplicate()); // between two lines of one message
        } else if (place == Place.NAME && named == 0 && hasData) {
            endOfEvent();
        }
        place = Place.NAME;
        named = 0;
    }

    private void endOfEvent() {
        scan.finish();
        if (scan.isJson()) {
            scan.messages().forEach(heard);
        }
        scan = new MessageScan();
        hasData = false;
    }
}
