// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * What one message of the client says about itself, read without holding its arguments.
 *
 * @param id raw JSON; empty for a notification
 * @param method empty for a response
 * @param protocolVersion what a request of the 2026-07-28 era declares in its {@code _meta}
 * @param name {@code params.name}: the tool or prompt
 * @param uri {@code params.uri}: the resource
 * @param taskId {@code params.taskId}
 * @param requestId {@code params.requestId}, raw JSON: what a cancellation is about
 */
record Rpc(
        Optional<String> id,
        Optional<String> method,
        Optional<String> protocolVersion,
        Optional<String> name,
        Optional<String> uri,
        Optional<String> taskId,
        Optional<String> requestId) {
    static final String VERSION_KEY = "io.modelcontextprotocol/protocolVersion";

    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder() // the upstream judges, not we
                            .maxNestingDepth(100_000)
                            .maxNumberLength(1_000_000)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(10_000_000)
                            .build())
                    .build())
            .build();

    /** Opens a body; the caller closes it. */
    static JsonParser parser(Body body) {
        return JSON.tokenStreamFactory().createParser(ObjectReadContext.empty(), body.stream());
    }

    /** Does somebody wait for an answer? */
    boolean isRequest() {
        return id.isPresent() && method.isPresent();
    }

    boolean isModern() {
        return protocolVersion.isPresent();
    }

    boolean is(String wanted) {
        return method.equals(Optional.of(wanted));
    }

    /** @param at stands at the start of the object, and at its end afterwards */
    static Rpc read(JsonParser at) {
        Reading reading = new Reading();
        while (at.nextToken() != JsonToken.END_OBJECT) {
            reading.field(at);
        }
        return new Rpc(
                Optional.ofNullable(reading.id),
                Optional.ofNullable(reading.method),
                Optional.ofNullable(reading.protocolVersion),
                Optional.ofNullable(reading.name),
                Optional.ofNullable(reading.uri),
                Optional.ofNullable(reading.taskId),
                Optional.ofNullable(reading.requestId));
    }

    /** An id as it goes back, whichever way it was written; null for what cannot be one. */
    static @org.jspecify.annotations.Nullable String idOf(JsonParser at) {
        JsonToken token = at.currentToken();
        if (token == JsonToken.VALUE_STRING) {
            return JSON.writeValueAsString(at.getString());
        }
        boolean number = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
        return number ? at.getString() : null;
    }

    /** The beginning of an answer; the id is raw JSON. */
    static ObjectNode envelope(String id) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.putRawValue("id", new RawValue(id));
        return answer;
    }
}
