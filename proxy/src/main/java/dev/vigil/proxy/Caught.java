// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The raw bytes of one JSON string or word, caught as they pass. One thread at a time. */
final class Caught {
    /** Longer ids and names count as absent. */
    private static final int LONGEST = 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    private boolean catching;

    void begin(boolean wanted, byte first) {
        catching = wanted;
        bytes.reset();
        add(first);
    }

    void add(byte b) {
        if (catching) {
            bytes.write(b);
            catching = bytes.size() <= LONGEST;
        }
    }

    /** Is the value wanted, and has all of it been caught so far? */
    boolean isCatching() {
        return catching;
    }

    /** The raw JSON. */
    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The meaning of a JSON string; empty when it has none. */
    Optional<String> decoded() {
        String raw = text();
        if (raw.indexOf('\\') < 0) {
            return Optional.of(raw.substring(1, raw.length() - 1));
        }
        try {
            return Optional.of(JSON.readValue(raw, String.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
