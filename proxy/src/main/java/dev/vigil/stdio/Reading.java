// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The fields of an {@link Rpc} as they are come across; where one stands twice, the last counts. One thread. */
final class Reading {
    @Nullable
    String id;

    @Nullable
    String method;

    @Nullable
    String protocolVersion;

    @Nullable
    String name;

    @Nullable
    String uri;

    @Nullable
    String taskId;

    @Nullable
    String requestId;

    /** @param at stands at a key of the message, and at the end of its value afterwards */
    void field(JsonParser at) {
        String key = at.currentName();
        at.nextToken();
        switch (key) {
            case "id" -> id = Rpc.idOf(at);
            case "method" -> method = text(at);
            case "params" -> params(at);
            default -> {}
        }
        at.skipChildren();
    }

    private void params(JsonParser at) {
        if (at.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (at.nextToken() != JsonToken.END_OBJECT) {
            String key = at.currentName();
            at.nextToken();
            switch (key) {
                case "name" -> name = text(at);
                case "uri" -> uri = text(at);
                case "taskId" -> taskId = text(at);
                case "requestId" -> requestId = Rpc.idOf(at);
                case "_meta" -> meta(at);
                default -> {}
            }
            at.skipChildren();
        }
    }

    private void meta(JsonParser at) {
        if (at.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (at.nextToken() != JsonToken.END_OBJECT) {
            boolean version = at.currentName().equals(Rpc.VERSION_KEY);
            at.nextToken();
            if (version) {
                protocolVersion = text(at);
            }
            at.skipChildren();
        }
    }

    private static @Nullable String text(JsonParser at) {
        return at.currentToken() == JsonToken.VALUE_STRING ? at.getString() : null;
    }
}
