// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Connector;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Stands in where there is no snapshot: a server with one tool whose description is the whole message. Of all shapes it is the
 * only one of which every client's model hears. It speaks every revision, and is no snapshot: its mark has no {@code takenAt}.
 */
public final class Placeholder {
    public static final String TOOL = "authorization_expired";

    private static final Set<String> LEGACY = Set.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");

    private Placeholder() {}

    /** @param sentence what has happened and what helps; becomes the description of the tool */
    static Optional<Served> answer(Connector connector, Ask ask, String sentence) {
        return SnapshotAnswers.marked(shown(connector, ask.era(), sentence), ask, mark(connector));
    }

    /** The answer to a call of the tool once the server can be used again: many clients do not list anew. */
    public static Served recovered(Connector connector, Ask ask) {
        ObjectNode answer = SnapshotAnswers.envelope(ask);
        ObjectNode result = answer.putObject("result");
        if (ask.era() == Era.MODERN) {
            result.put("resultType", "complete");
        }
        result.putArray("content")
                .addObject()
                .put("type", "text")
                .put("text", connector.name() + " can be used again. A new session of this client lists the tools.");
        result.putObject("_meta").set(SnapshotAnswers.META_KEY, mark(connector));
        return new Served(200, Json.written(answer));
    }

    private static ObjectNode mark(Connector connector) {
        return Json.object().put("connector", connector.name()).put("placeholder", true);
    }

    private static Snapshot shown(Connector connector, Era era, String sentence) {
        ObjectNode greeting = Json.object();
        greeting.putObject("capabilities").putObject("tools").put("listChanged", true);
        ObjectNode self = Json.object().put("name", connector.name()).put("version", "unknown");
        if (era == Era.LEGACY) {
            greeting.set("serverInfo", self);
        } else {
            greeting.putArray("supportedVersions").add(era.newest());
            greeting.putObject("_meta").set("io.modelcontextprotocol/serverInfo", self);
        }
        Set<String> spoken = era == Era.LEGACY ? LEGACY : Set.of(era.newest());
        return new Snapshot(
                Owner.nobody(connector),
                era.newest(),
                spoken,
                Instant.EPOCH,
                new Greeting.Welcome(Json.written(greeting)),
                Map.of(ListKind.TOOLS, new Listing(tools(sentence), Optional.empty())));
    }

    private static String tools(String sentence) {
        ObjectNode tool = Json.object().put("name", TOOL).put("description", sentence);
        tool.putObject("inputSchema").put("type", "object").putObject("properties");
        tool.putObject("_meta").put("anthropic/alwaysLoad", true);
        return Json.written(Json.array().add(tool));
    }
}
