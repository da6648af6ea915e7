// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The raw bytes of one JSON string or word, caught as they pass. One thread at a time. */
final class Caught {
    /** Longer ids and names count as absent. */
    private static final int LONGEST = 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private byte[] bytes = new byte[64];
    private int length;
    private boolean escaped;
    private boolean catching;

    void begin(boolean wanted, byte first) {
        catching = wanted;
        length = 0;
        escaped = false;
        add(first);
    }

    void add(byte b) {
        if (!catching) {
            return;
        }
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
        }
        bytes[length++] = b;
        escaped |= b == '\\';
        catching = length <= LONGEST;
    }

    /** Is the value wanted, and has all of it been caught so far? */
    boolean isCatching() {
        return catching;
    }

    /** The raw JSON. */
    String text() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The meaning of a JSON string; empty when it has none. */
    Optional<String> decoded() {
        if (!escaped) {
            return Optional.of(new String(bytes, 1, length - 2, StandardCharsets.UTF_8));
        }
        try {
            return Optional.of(JSON.readValue(text(), String.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
