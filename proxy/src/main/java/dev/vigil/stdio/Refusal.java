// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.OwnAnswer;
import dev.vigil.proxy.SkipReply;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer that is no answer to a request: another status than 2xx, or something else than messages. */
final class Refusal implements Wire.Pieces {
    /** More than any error needs. */
    private static final int LONGEST = 1 << 20;

    private final int status;
    private final String type;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Refusal(int status, String type) {
        this.status = status;
        this.type = type;
    }

    int status() {
        return status;
    }

    @Override
    public void piece(ByteBuffer piece) {
        byte[] bytes = new byte[Math.min(piece.remaining(), LONGEST - body.size())];
        piece.get(bytes);
        body.writeBytes(bytes);
    }

    /** The line for a request: the server's own JSON-RPC error where there is one, else ours. The id is raw JSON. */
    String to(String id, Optional<String> tool, BridgeTrouble trouble) {
        JsonNode error = json().path("error");
        if (!error.isObject()) {
            return SkipReply.error(id, tool, asError(trouble));
        }
        ObjectNode answer = Rpc.envelope(id);
        answer.set("error", error);
        return answer.toString();
    }

    OwnAnswer asError(BridgeTrouble trouble) {
        String said = json().path("message").asString("");
        if (status / 100 == 2) {
            return trouble.notMcp("HTTP " + status + (type.isEmpty() ? "" : ", " + type));
        }
        return trouble.refused(status, said);
    }

    private JsonNode json() {
        try {
            return Rpc.JSON.readTree(body.toByteArray());
        } catch (JacksonException e) {
            return Rpc.JSON.createObjectNode();
        }
    }
}
