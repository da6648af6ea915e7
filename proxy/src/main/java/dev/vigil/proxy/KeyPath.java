// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import org.jspecify.annotations.Nullable;

/**
 * Where a scan of a JSON-RPC body stands: which containers are open, and under which keys. Remembers no more than the
 * levels at which something can be found; what is deeper is only counted. One thread at a time.
 */
final class KeyPath {
    /** Containers deeper than this can hold nothing we look for. */
    private static final int DEEPEST = 5;

    private final boolean[] isObject = new boolean[DEEPEST + 1];
    private final String[] keys = new String[DEEPEST + 1];
    private int depth;
    private boolean batch;
    private @Nullable RpcField field;

    void open(boolean object) {
        if (depth == 0 && !object) {
            batch = true;
        }
        depth++;
        field = null;
        if (depth <= DEEPEST) {
            isObject[depth] = object;
            keys[depth] = "";
        }
    }

    /** False when what closes is not what was opened. */
    boolean close(boolean object) {
        if (depth == 0 || (depth <= DEEPEST && isObject[depth] != object)) {
            return false;
        }
        depth--;
        field = null;
        return true;
    }

    /** The key of the value that comes next. */
    void key(String key) {
        field = isOfInterest() ? RpcField.at(depth - messageDepth(), key) : null;
        if (depth <= DEEPEST) {
            keys[depth] = key;
        }
    }

    /** Does the key that was just read hold the field or is it the field, so that a value found before is no longer its value? */
    boolean begins(RpcField found) {
        return isOfInterest() && found.isIn(depth - messageDepth(), keys[depth]);
    }

    boolean isEmpty() {
        return depth == 0;
    }

    /** Is the body an array of messages? */
    boolean isBatch() {
        return batch;
    }

    /** Are we directly inside a message? */
    boolean isAtMessage() {
        return depth == messageDepth();
    }

    boolean isInObject() {
        return depth > 0 && depth <= DEEPEST && isObject[depth];
    }

    /** Can a key here be part of a path that we look for? */
    boolean isOfInterest() {
        int level = depth - messageDepth();
        if (level < 0 || level > 2 || !isInObject()) return false;
        if (level >= 1 && !"params".equals(keys[messageDepth()])) return false;
        return level < 2 || "_meta".equals(keys[messageDepth() + 1]);
    }

    /** The field that a value here would be; null for none. */
    @Nullable
    RpcField field() {
        return field;
    }

    private int messageDepth() {
        return batch ? 2 : 1;
    }
}
