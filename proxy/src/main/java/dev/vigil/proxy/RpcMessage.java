// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Map;
import java.util.Optional;

/**
 * What one JSON-RPC message says about itself.
 *
 * @param id raw JSON, a string with its quotes or a number; empty for a notification
 * @param name {@code params.name}: the tool or prompt
 * @param uri {@code params.uri}: the resource
 * @param cursor {@code params.cursor} of a list
 * @param askedVersion {@code params.protocolVersion} of {@code initialize}
 * @param progressToken raw JSON
 * @param protocolVersion what a request of the 2026-07-28 era declares in its {@code _meta}
 */
public record RpcMessage(
        Optional<String> id,
        Optional<String> method,
        Optional<String> name,
        Optional<String> uri,
        Optional<String> cursor,
        Optional<String> askedVersion,
        Optional<String> progressToken,
        Optional<String> protocolVersion) {

    static final RpcMessage NOTHING = of(Map.of());

    static RpcMessage of(Map<RpcField, String> found) {
        return new RpcMessage(
                Optional.ofNullable(found.get(RpcField.ID)),
                Optional.ofNullable(found.get(RpcField.METHOD)),
                Optional.ofNullable(found.get(RpcField.NAME)),
                Optional.ofNullable(found.get(RpcField.URI)),
                Optional.ofNullable(found.get(RpcField.CURSOR)),
                Optional.ofNullable(found.get(RpcField.ASKED_VERSION)),
                Optional.ofNullable(found.get(RpcField.PROGRESS_TOKEN)),
                Optional.ofNullable(found.get(RpcField.PROTOCOL_VERSION)));
    }

    /** Does somebody wait for an answer? */
    public boolean isRequest() {
        return id.isPresent() && method.isPresent();
    }
}
