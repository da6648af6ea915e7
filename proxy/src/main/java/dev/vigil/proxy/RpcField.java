// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import org.jspecify.annotations.Nullable;

/** What Vigil wants to know of a JSON-RPC message, by its place and key. */
enum RpcField {
    ID(0, "id", true),
    METHOD(0, "method", false),
    NAME(1, "name", false),
    URI(1, "uri", false),
    CURSOR(1, "cursor", false),
    ASKED_VERSION(1, "protocolVersion", false),
    PROGRESS_TOKEN(2, "progressToken", true),
    PROTOCOL_VERSION(2, "io.modelcontextprotocol/protocolVersion", false);

    private static final RpcField[] ALL = values();

    private final int level;
    private final String key;
    private final boolean raw;

    RpcField(int level, String key, boolean raw) {
        this.level = level;
        this.key = key;
        this.raw = raw;
    }

    /** @param level 0 in the message, 1 in its {@code params}, 2 in {@code params._meta} */
    static @Nullable RpcField at(int level, String key) {
        for (RpcField field : ALL) {
            if (field.level == level && field.key.equals(key)) {
                return field;
            }
        }
        return null;
    }

    /** Does this key, at this level, hold the field or is it the field? */
    boolean isIn(int level, String key) {
        if (level == this.level) return key.equals(this.key);
        return level < this.level && key.equals(level == 0 ? "params" : "_meta");
    }

    /** Does somebody wait forever where it is lost? */
    boolean isAwaited() {
        return level == 0;
    }

    /** Is it kept as the JSON it was, because it may be a string or a number and goes back byte for byte? */
    boolean isRaw() {
        return raw;
    }
}
