// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds what Vigil wants to know of a JSON-RPC body, wherever it stands (one official client writes {@code id} after
 * {@code params}), byte by byte as the body passes, and holds nothing but what it found. It is no validator: it answers
 * {@link #isJson} with no where brackets, strings or words do not add up, and leaves the rest to the upstream.
 *
 * <p>One thread at a time. Feeding does not move the buffer's reader index.
 */
final class MessageScan {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Longer ids and names are cut off: then they count as absent. */
    private static final int LONGEST_VALUE = 1024;
    /** Clients of 2025-03-26 may send batches; nobody sends such long ones. */
    private static final int MOST_MESSAGES = 100;
    /** Containers deeper than this can hold nothing we look for; they are only counted. */
    private static final int DEEPEST = 5;

    private static final Set<String> WORDS = Set.of("true", "false", "null");
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
    private final boolean[] isObject = new boolean[DEEPEST + 1];
    private final String[] keys = new String[DEEPEST + 1];
    private final ByteArrayOutputStream caught = new ByteArrayOutputStream(64);
    private Mode mode = Mode.STRUCTURE;
    private long seen;
    private int bom;
    private int depth;
    private boolean batch;
    private boolean ended;
    private boolean malformed;
    private boolean expectKey;
    private boolean readingKey;
    private boolean catching;
    private EnumMap<RpcField, String> found = new EnumMap<>(RpcField.class);

    /** Looks at the readable bytes. */
    void feed(ByteBuf bytes) {
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
            if (mode == Mode.STRING && !catching) {
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
                caught(b);
                mode = Mode.STRING;
            }
            case WORD -> word(b);
            case STRUCTURE -> structure(b);
        }
    }

    private void string(byte b) {
        caught(b);
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
            caught(b);
            return;
        }
        endOfWord();
        structure(b);
    }

    private void endOfWord() {
        mode = Mode.STRUCTURE;
        String word = caughtText();
        boolean number = word.charAt(0) == '-' || Character.isDigit(word.charAt(0));
        malformed |= !number && !WORDS.contains(word);
        if (number && catching) {
            valueFound(word, false);
        }
    }

    private void structure(byte b) {
        switch (b) {
            case ' ', '\n', '\r', '\t' -> {}
            case '{', '[' -> open(b == '{');
            case '}', ']' -> close(b == '}');
            case ':' -> expectKey = false;
            case ',' -> expectKey = isObjectHere();
            case '"' -> beginString();
            default -> beginWord(b);
        }
    }

    private void open(boolean object) {
        malformed |= ended;
        if (depth == 0 && !object) {
            batch = true;
        }
        depth++;
        if (depth <= DEEPEST) {
            isObject[depth] = object;
            keys[depth] = "";
        }
        if (object && depth == messageDepth()) {
            found = new EnumMap<>(RpcField.class);
        }
        expectKey = object;
    }

    private void close(boolean object) {
        if (depth == 0 || (depth <= DEEPEST && isObject[depth] != object)) {
            malformed = true;
            return;
        }
        if (object && depth == messageDepth() && messages.size() < MOST_MESSAGES) {
            messages.add(RpcMessage.of(found));
        }
        depth--;
        ended = depth == 0;
        expectKey = false;
    }

    private void beginString() {
        malformed |= depth == 0;
        mode = Mode.STRING;
        readingKey = expectKey && depth <= DEEPEST;
        catching = readingKey
                ? isPathOfInterest()
                : !expectKey && RpcField.at(path()).isPresent();
        caught.reset();
        caught((byte) '"');
    }

    private void beginWord(byte b) {
        boolean begins = b == '-' || (b >= '0' && b <= '9') || b == 't' || b == 'f' || b == 'n';
        if (seen < BOM.length && bom == seen && b == BOM[bom]) {
            bom++;
            return;
        }
        if (!begins || depth == 0 || expectKey) {
            malformed = true;
            return;
        }
        mode = Mode.WORD;
        catching = true;
        caught.reset();
        caught(b);
    }

    private void caught(byte b) {
        if (catching) {
            caught.write(b);
            catching = caught.size() <= LONGEST_VALUE;
        }
    }

    private String caughtText() {
        return caught.toString(StandardCharsets.UTF_8);
    }

    private void endOfString() {
        if (readingKey) {
            keys[depth] = catching ? decoded(caughtText()) : "";
            readingKey = false;
        } else if (catching) {
            valueFound(caughtText(), true);
        }
        catching = false;
    }

    private void valueFound(String raw, boolean quoted) {
        catching = false;
        RpcField.at(path()).ifPresent(field -> {
            if (field.isRaw()) {
                found.put(field, raw);
            } else if (quoted) {
                found.put(field, decoded(raw));
            }
        });
    }

    private String decoded(String raw) {
        if (raw.indexOf('\\') < 0) {
            return raw.substring(1, raw.length() - 1);
        }
        try {
            return JSON.readValue(raw, String.class);
        } catch (JacksonException e) {
            malformed = true;
            return "";
        }
    }

    private int messageDepth() {
        return batch ? 2 : 1;
    }

    private boolean isObjectHere() {
        return depth > 0 && depth <= DEEPEST && isObject[depth];
    }

    /** Do all containers around us belong to a path that we look at? */
    private boolean isPathOfInterest() {
        int level = depth - messageDepth();
        if (level < 0 || level > 2) return false;
        if (level >= 1 && !"params".equals(keys[messageDepth()])) return false;
        return level < 2 || "_meta".equals(keys[messageDepth() + 1]);
    }

    /** The keys from the message to here, joined; empty where we do not look. */
    private String path() {
        if (!isObjectHere() || !isPathOfInterest()) {
            return "";
        }
        StringBuilder path = new StringBuilder();
        for (int level = messageDepth(); level <= depth; level++) {
            path.append(level == messageDepth() ? "" : "/").append(keys[level]);
        }
        return path.toString();
    }

    /** The body has come to its end. May be called more than once. */
    void finish() {
        if (mode == Mode.WORD) {
            endOfWord();
        }
        malformed |= !ended || mode != Mode.STRUCTURE;
    }

    /** After {@link #finish}: was it one JSON object or array? */
    boolean isJson() {
        return !malformed;
    }

    boolean isBatch() {
        return batch;
    }

    /** Whole messages so far. */
    List<RpcMessage> messages() {
        return List.copyOf(messages);
    }

    /** The first message, whole or as far as it has come. */
    private RpcMessage first() {
        return messages.isEmpty() ? RpcMessage.of(found) : messages.get(0);
    }

    Optional<String> method() {
        return first().method();
    }

    Optional<String> name() {
        return first().name();
    }

    Optional<String> uri() {
        return first().uri();
    }
}
