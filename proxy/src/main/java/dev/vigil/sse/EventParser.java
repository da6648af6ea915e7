// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sse;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads an event stream (WHATWG HTML, server-sent events) as it comes, and hands the data of an event on piece by piece, so
 * that a large one is held by nobody here. One thread at a time.
 */
public final class EventParser {
    /** Longer names of fields and longer ids mean nothing; longer types are cut. */
    private static final int LONGEST = 4096;

    /** What the events say, in their order. */
    public interface Listener {
        /** Part of the data of the event that is under way; the ends of lines in it are line feeds. */
        void data(ByteBuffer piece);

        /** The event is whole; its type is empty for a message. */
        void event(String type);

        default void id(String id) {}

        default void retry(String milliseconds) {}
    }

    private final Listener listener;
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private boolean started;
    private boolean inValue;
    private boolean blankAhead;
    private boolean afterReturn;
    private boolean isData;
    private boolean hadData;
    private String type = "";

    public EventParser(Listener listener) {
        this.listener = listener;
    }

    /** Takes a piece, wherever it ends; its position is at its limit afterwards. The bytes must not change any more. */
    public void feed(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            byte next = piece.get(piece.position());
            if (afterReturn && next == '\n') {
                piece.get(); // the second half of one end of a line
            } else if (next == '\n' || next == '\r') {
                piece.get();
                endOfLine();
            } else if (inValue) {
                value(piece);
            } else {
                name(piece.get());
            }
            afterReturn = next == '\r';
        }
    }

    private void name(byte next) {
        if (next != ':') {
            append(field, next);
            return;
        }
        inValue = true;
        blankAhead = true;
        beginData();
    }

    /** The lines of one event's data are joined by line feeds. */
    private void beginData() {
        isData = name().equals("data");
        if (isData && hadData) {
            listener.data(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        hadData |= isData;
    }

    private void value(ByteBuffer piece) {
        if (blankAhead && piece.get(piece.position()) == ' ') {
            piece.get();
        }
        blankAhead = false;
        int end = piece.position();
        while (end < piece.limit() && piece.get(end) != '\n' && piece.get(end) != '\r') {
            end++;
        }
        ByteBuffer part = piece.slice(piece.position(), end - piece.position());
        piece.position(end);
        if (isData) {
            listener.data(part);
        } else {
            while (part.hasRemaining()) {
                append(value, part.get());
            }
        }
    }

    private void endOfLine() {
        String name = name();
        if (!inValue && name.isEmpty()) {
            dispatch();
        } else if (!inValue) {
            beginData(); // a field without a colon has an empty value
        }
        if (name.equals("event")) {
            type = text(value);
        } else if (name.equals("id") && value.size() < LONGEST) {
            listener.id(text(value));
        } else if (name.equals("retry")) {
            listener.retry(text(value));
        }
        field.reset();
        value.reset();
        inValue = false;
        isData = false;
        started = true;
    }

    /** Of the field. A byte order mark may stand before the first, and there only. */
    private String name() {
        String name = text(field);
        return !started && name.startsWith("\uFEFF") ? name.substring(1) : name;
    }

    private void dispatch() {
        if (hadData) {
            listener.event(type.equals("message") ? "" : type);
        }
        hadData = false;
        type = "";
    }

    private static void append(ByteArrayOutputStream text, byte next) {
        if (text.size() < LONGEST) {
            text.write(next);
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
