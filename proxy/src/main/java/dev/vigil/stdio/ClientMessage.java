// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of the client: a message, or a batch of them (2025-03-26).
 *
 * @param body goes upstream byte for byte
 */
record ClientMessage(Body body, List<Rpc> messages) {
    ClientMessage {
        messages = List.copyOf(messages);
    }

    /** Why a line is none, with a code of JSON-RPC. */
    static final class Malformed extends Exception {
        static final int NOT_JSON = -32700;
        static final int NOT_A_MESSAGE = -32600;
        private static final long serialVersionUID = 1L;

        private final int code;

        Malformed(int code, String message) {
            super(message);
            this.code = code;
        }

        /** The answer: it has no id, for none could be read. */
        String answer() {
            ObjectNode answer = Rpc.envelope("null");
            answer.putObject("error")
                    .put("code", code)
                    .put("message", (code == NOT_JSON ? "Parse error: " : "Invalid Request: ") + getMessage());
            return answer.toString();
        }
    }

    static ClientMessage read(Body body) throws Malformed {
        try (JsonParser at = Rpc.parser(body)) {
            List<Rpc> messages = messages(at);
            if (at.nextToken() != null) {
                throw new Malformed(Malformed.NOT_JSON, "more than one JSON value on a line");
            }
            return new ClientMessage(body, messages);
        } catch (JacksonException e) {
            throw new Malformed(Malformed.NOT_JSON, "this line is not JSON");
        }
    }

    private static List<Rpc> messages(JsonParser at) throws Malformed {
        JsonToken first = at.nextToken();
        if (first == JsonToken.START_OBJECT) {
            return List.of(Rpc.read(at));
        }
        List<Rpc> messages = new ArrayList<>();
        while (first == JsonToken.START_ARRAY && at.nextToken() == JsonToken.START_OBJECT) {
            messages.add(Rpc.read(at));
        }
        if (messages.isEmpty() || at.currentToken() != JsonToken.END_ARRAY) {
            throw new Malformed(Malformed.NOT_A_MESSAGE, "a line must be a JSON-RPC message, or a batch of them");
        }
        return messages;
    }

    boolean isBatch() {
        return messages.size() > 1;
    }

    /** What decides about headers. */
    Rpc first() {
        return messages.get(0);
    }

    /** The ids somebody waits for, as raw JSON. */
    List<String> requests() {
        return messages.stream()
                .filter(Rpc::isRequest)
                .flatMap(one -> one.id().stream())
                .toList();
    }

    boolean isModern() {
        return first().isModern();
    }

    boolean is(String method) {
        return !isBatch() && first().is(method);
    }

    /** The tool that this line calls. */
    Optional<String> tool() {
        return is("tools/call") ? first().name() : Optional.empty();
    }

    /** The request that this line cancels, as raw JSON. */
    Optional<String> cancels() {
        return is("notifications/cancelled") ? first().requestId() : Optional.empty();
    }
}
