// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes a snapshot in the era of 2026-07-28: each request stands for itself, and says in headers what it is. */
record ModernTake(Talk talk, Instant now) implements Speaker {
    private static final String DISCOVER = "server/discover";
    private static final String REVISION = Era.MODERN.newest();

    Snapshot taken() throws NotTaken {
        Answer answer = ask(DISCOVER, Json.object());
        Optional<Greeting.Refused> refusal = Results.refusal(answer);
        if (refusal.isPresent()) {
            return Snapshot.refused(talk.owner(), Era.MODERN, now, refusal.get());
        }
        ObjectNode result = Results.of(DISCOVER, answer);
        Set<String> spoken = spoken(result);
        if (!spoken.contains(REVISION)) {
            throw new NotTaken(DISCOVER + ": it speaks " + spoken + " only");
        }
        Greeting.Welcome welcome = LegacyTake.welcome(DISCOVER, result);
        return new Snapshot(talk.owner(), REVISION, spoken, now, welcome, new ListTaker(this).all(result));
    }

    @Override
    public Answer ask(String method, ObjectNode params) throws NotTaken {
        ObjectNode meta = params.putObject("_meta");
        meta.put("io.modelcontextprotocol/protocolVersion", REVISION);
        meta.set("io.modelcontextprotocol/clientInfo", LegacyTake.self());
        meta.putObject("io.modelcontextprotocol/clientCapabilities");
        return talk.ask(method, params, Map.of("MCP-Protocol-Version", REVISION, "Mcp-Method", method));
    }

    private static Set<String> spoken(ObjectNode result) throws NotTaken {
        if (!(result.get("supportedVersions") instanceof ArrayNode versions)) {
            throw new NotTaken(DISCOVER + ": the result has no supportedVersions");
        }
        Set<String> spoken = new LinkedHashSet<>();
        for (JsonNode version : versions) {
            if (version.isString() && Era.isRevision(version.stringValue())) {
                spoken.add(version.stringValue());
            }
        }
        return spoken;
    }
}
