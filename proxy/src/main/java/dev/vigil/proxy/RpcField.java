// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Map;
import java.util.Optional;

/** What Vigil wants to know of a JSON-RPC message, by the path of keys that leads there. */
enum RpcField {
    ID("id", true),
    METHOD("method", false),
    NAME("params/name", false),
    URI("params/uri", false),
    PROGRESS_TOKEN("params/_meta/progressToken", true),
    PROTOCOL_VERSION("params/_meta/io.modelcontextprotocol/protocolVersion", false);

    private static final Map<String, RpcField> BY_PATH = Map.of(
            ID.path, ID,
            METHOD.path, METHOD,
            NAME.path, NAME,
            URI.path, URI,
            PROGRESS_TOKEN.path, PROGRESS_TOKEN,
            PROTOCOL_VERSION.path, PROTOCOL_VERSION);

    private final String path;
    private final boolean raw;

    RpcField(String path, boolean raw) {
        this.path = path;
        this.raw = raw;
    }

    static Optional<RpcField> at(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    /** Is it kept as the JSON it was, because it may be a string or a number and goes back byte for byte? */
    boolean isRaw() {
        return raw;
    }
}
