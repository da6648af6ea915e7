// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds what Vigil wants to know of a JSON-RPC body, wherever it stands (one official client writes {@code id} after
 * {@code params}), byte by byte as the body passes, and holds nothing but what it found. It is no validator: it answers
 * {@link #isJson} with no where brackets, strings or words do not add up, or where it could not answer everybody who waits (an
 * id too long to be kept, a batch of more than a hundred), and leaves the rest to the upstream.
 *
 * <p>One thread at a time. Feeding does not move the buffer's reader index.
 */
public final class MessageScan {
    /** Clients of 2025-03-26 may send batches; nobody sends longer ones. */
    private static final int MOST_MESSAGES = 100;

    private static final Set<String> WORDS = Set.of("true", "false", "null");
    /** RFC 8259, 6. What goes back to the client as it came must be what it seems to be. */
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?");

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[8 * 1024];
        }
    };

    private enum Mode {
        STRUCTURE,
        STRING,
        ESCAPE,
        WORD
    }

    private final List<RpcMessage> messages = new ArrayList<>();
    private final KeyPath path = new KeyPath();
    private final Caught caught = new Caught();
    private Mode mode = Mode.STRUCTURE;
    private long seen;
    private int bom;
    private boolean ended;
    private boolean malformed;
    private boolean expectKey;
    private boolean readingKey;
    private boolean number;
    private EnumMap<RpcField, String> found = new EnumMap<>(RpcField.class);

    /** Looks at the readable bytes. */
    public void feed(ByteBuf bytes) {
        byte[] scratch = SCRATCH.get();
        int end = bytes.writerIndex();
        for (int from = bytes.readerIndex(); from < end && !malformed; from += scratch.length) {
            int length = Math.min(scratch.length, end - from);
            bytes.getBytes(from, scratch, 0, length);
            feed(scratch, length);
        }
    }

    private void feed(byte[] bytes, int length) {
        for (int i = 0; i < length && !malformed; i++, seen++) {
            if (mode == Mode.STRING && !caught.isCatching()) {
                int next = endOfPlainText(bytes, i, length);
                seen += next - i;
                i = next;
                if (i == length) {
                    return;
                }
            }
            take(bytes[i]);
        }
    }

    private static int endOfPlainText(byte[] bytes, int from, int length) {
        int i = from;
        while (i < length && bytes[i] != '"' && bytes[i] != '\\') {
            i++;
        }
        return i;
    }

    private void take(byte b) {
        switch (mode) {
            case STRING -> string(b);
            case ESCAPE -> {
                caught.add(b);
                mode = Mode.STRING;
            }
            case WORD -> word(b);
            case STRUCTURE -> structure(b);
        }
    }

    private void string(byte b) {
        caught.add(b);
        malformed |= b >= 0 && b < ' '; // only seen in what is caught: it may go back to the client as it is
        if (b == '\\') {
            mode = Mode.ESCAPE;
        } else if (b == '"') {
            mode = Mode.STRUCTURE;
            endOfString();
        }
    }

    private void word(byte b) {
        boolean delimiter = b == ',' || b == '}' || b == ']' || b == ' ' || b == '\n' || b == '\r' || b == '\t';
        if (!delimiter) {
            caught.add(b);
            return;
        }
        endOfWord();
        structure(b);
    }

    private void endOfWord() {
        mode = Mode.STRUCTURE;
        RpcField field = path.field();
        if (!number) {
            malformed |= !WORDS.contains(caught.text());
        } else if (field != null && caught.isCatching()) {
            malformed |= !NUMBER.matcher(caught.text()).matches();
            found.put(field, caught.text());
        } else if (field == RpcField.ID) {
            malformed = true;
        }
    }

    private void structure(byte b) {
        switch (b) {
            case ' ', '\n', '\r', '\t' -> {}
            case '{', '[' -> open(b == '{');
            case '}', ']' -> close(b == '}');
            case ':' -> expectKey = false;
            case ',' -> expectKey = path.isInObject();
            case '"' -> beginString();
            default -> beginWord(b);
        }
    }

    private void open(boolean object) {
        malformed |= ended;
        path.open(object);
        if (object && path.isAtMessage()) {
            found = new EnumMap<>(RpcField.class);
        }
        expectKey = object;
    }

    private void close(boolean object) {
        if (object && path.isAtMessage()) {
            keep(RpcMessage.of(found));
        }
        malformed |= !path.close(object);
        ended = path.isEmpty();
        expectKey = false;
    }

    private void keep(RpcMessage message) {
        if (messages.size() < MOST_MESSAGES) {
            messages.add(message);
        } else {
            malformed = true;
        }
    }

    private void beginString() {
        malformed |= path.isEmpty();
        mode = Mode.STRING;
        readingKey = expectKey;
        caught.begin(readingKey ? path.isOfInterest() : path.field() != null, (byte) '"');
    }

    private void beginWord(byte b) {
        if (seen < BOM.length && bom == seen && b == BOM[bom]) {
            bom++;
            return;
        }
        boolean begins = b == '-' || (b >= '0' && b <= '9') || b == 't' || b == 'f' || b == 'n';
        malformed |= !begins || path.isEmpty() || expectKey;
        mode = Mode.WORD;
        number = b == '-' || b <= '9';
        RpcField field = path.field();
        caught.begin(!number || (field != null && field.isRaw()), b);
    }

    private void endOfString() {
        boolean whole = caught.isCatching();
        Optional<String> value = whole ? caught.decoded() : Optional.of("");
        malformed |= value.isEmpty();
        RpcField field = path.field();
        if (readingKey) {
            path.key(value.orElse(""));
            found.keySet()
                    .removeIf(path::begins); // it stands there again: the last counts, as in every parser we know of
        } else if (whole && field != null) {
            found.put(field, field.isRaw() ? caught.text() : value.orElse(""));
        } else if (field != null) {
            malformed |= field.isAwaited();
        }
        readingKey = false;
    }

    /** The body has come to its end. May be called more than once. */
    public void finish() {
        if (mode == Mode.WORD) {
            endOfWord();
        }
        malformed |= !ended || mode != Mode.STRUCTURE;
    }

    /** After {@link #finish}: was it one JSON object or array? */
    public boolean isJson() {
        return !malformed;
    }

    boolean isBatch() {
        return path.isBatch();
    }

    /** Whole messages so far. */
    public List<RpcMessage> messages() {
        return List.copyOf(messages);
    }

    /** The message, whole or as far as it has come. No one message speaks for a batch. */
    private RpcMessage only() {
        if (isBatch()) return RpcMessage.NOTHING;
        return messages.isEmpty() ? RpcMessage.of(found) : messages.get(0);
    }

    Optional<String> method() {
        return only().method();
    }

    Optional<String> name() {
        return only().name();
    }

    Optional<String> uri() {
        return only().uri();
    }
}
