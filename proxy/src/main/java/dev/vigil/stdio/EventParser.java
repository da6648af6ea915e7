// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads an event stream (WHATWG HTML, server-sent events) as it comes, and hands the data of an event on piece by piece, so
 * that a large one is held by nobody here. One thread at a time.
 */
final class EventParser {
    /** Longer names of fields mean nothing; longer ids and types are cut. */
    private static final int LONGEST = 4096;

    /** What the events say, in their order. */
    interface Listener {
        /** Part of the data of the event that is under way; the ends of lines in it are line feeds. */
        void data(ByteBuffer piece);

        /** The event is whole; its type is empty for a message. */
        void event(String type);

        void id(String id);

        void retry(String milliseconds);
    }

    private final Listener listener;
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private boolean inValue;
    private boolean blankAhead;
    private boolean afterReturn;
    private boolean isData;
    private boolean hadData;
    private String type = "";

    EventParser(Listener listener) {
        this.listener = listener;
    }

    void feed(ByteBuffer piece) {
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
        isData = text(field).equals("data");
        beginData();
    }

    /** The lines of one event's data are joined by line feeds. */
    private void beginData() {
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
        String name = text(field);
        if (name.isEmpty() && !inValue) {
            dispatch();
        } else if (name.equals("event")) {
            type = text(value);
        } else if (name.equals("id")) {
            listener.id(text(value));
        } else if (name.equals("retry")) {
            listener.retry(text(value));
        }
        field.reset();
        value.reset();
        inValue = false;
        isData = false;
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
