// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads an upstream's event stream of HTTP+SSE on its way to the client. All of it passes byte for byte but what the ear
 * replaces: {@code endpoint} events, and messages that are not the client's. Holds at most one event of {@link #LONGEST}
 * bytes; a longer one passes unread. One thread at a time.
 */
final class EndpointFilter {
    static final int LONGEST = AnswerStream.HELD;

    private static final int SHORT = 1024;

    /** Hears what is said. */
    interface Ear {
        /** @return what stands in its place; may be empty */
        byte[] endpoint(String address);

        /** @return whether the client may hear it */
        boolean message(byte[] data);
    }

    private final Ear ear;
    /** The event that is under way, as far as it has come. */
    private ByteArrayOutputStream event = new ByteArrayOutputStream();
    /** Bytes of the line that is under way. */
    private int line;

    private boolean afterReturn;
    /** The event that is under way is too long to be read, and passes as it comes. */
    private boolean unread;

    EndpointFilter(Ear ear) {
        this.ear = ear;
    }

    /** Lets nothing pass that says anything. */
    static EndpointFilter silence() {
        return new EndpointFilter(new Ear() {
            @Override
            public byte[] endpoint(String address) {
                return new byte[0];
            }

            @Override
            public boolean message(byte[] data) {
                return false;
            }
        });
    }

    /** Can an answer that begins so be read, and be told in other words? */
    static boolean fits(HttpHeaders head) {
        return ReplayRule.isEvents(head)
                && !head.contains(HttpHeaderNames.CONTENT_LENGTH)
                && !head.contains(HttpHeaderNames.CONTENT_ENCODING);
    }

    /** Takes a piece and gives what may be passed on now, perhaps nothing. The caller owns what it gets. */
    ByteBuf feed(ByteBuf piece) {
        ByteBuf out = piece.alloc().buffer(event.size() + piece.readableBytes());
        while (piece.isReadable()) {
            take(piece.readByte(), out);
        }
        piece.release();
        return out;
    }

    private void take(byte b, ByteBuf out) {
        boolean secondOfPair = afterReturn && b == '\n';
        afterReturn = b == '\r';
        if (unread || (secondOfPair && event.size() == 0)) {
            out.writeByte(b); // of the end of an event nothing is held back: some readers wait for it
        } else {
            event.write(b);
        }
        if (b != '\n' && b != '\r') {
            line++;
        } else if (!secondOfPair) {
            endOfLine(out);
        }
        if (event.size() > LONGEST) {
            unread = true;
            rest(out);
        }
    }

    private void endOfLine(ByteBuf out) {
        boolean blank = line == 0;
        line = 0;
        if (blank && !unread) {
            judge(out);
        }
        unread &= !blank;
    }

    private void judge(ByteBuf out) {
        StringBuilder data = new StringBuilder();
        String name = "";
        for (String one : event.toString(StandardCharsets.UTF_8).split("\r\n|\n|\r", -1)) {
            String clean = one.startsWith("\uFEFF") ? one.substring(1) : one;
            if (clean.startsWith("event:")) {
                name = value(clean, "event:");
            } else if (clean.startsWith("data:")) {
                data.append(data.length() > 0 ? "\n" : "").append(value(clean, "data:"));
            }
        }
        if (name.equals("endpoint")) {
            drop();
            out.writeBytes(ear.endpoint(data.toString().trim()));
        } else if (data.length() == 0 || ear.message(data.toString().getBytes(StandardCharsets.UTF_8))) {
            rest(out);
        } else {
            drop();
        }
    }

    private static String value(String line, String field) {
        String value = line.substring(field.length());
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    /** What is held at the stream's end. */
    void rest(ByteBuf out) {
        out.writeBytes(event.toByteArray());
        drop();
    }

    /** Keeps no more room than a stream needs on which little is said. */
    private void drop() {
        if (event.size() > SHORT) {
            event = new ByteArrayOutputStream();
        } else {
            event.reset();
        }
    }
}
