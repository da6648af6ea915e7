// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.Journal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fallback's runs so far, and what they tell about the main loop. Blocks on the disk; throws {@link VaultException}. */
record RunHistory(Journal journal, Heartbeats beats) {
    /** What people are told when {@link #primaryFor} names a connector. */
    static final String PRIMARY =
            "the fallback has become the primary path: is the daemon running? vigil run --background";

    /** Runs that acted on a connector since the main loop last tended it, before that is no accident any more. */
    private static final int IN_A_ROW = 3;

    private static final Duration RECENT = Duration.ofHours(24);

    void add(FallbackRun run) {
        journal.append(run.json());
    }

    /** Those of the connectors that only the fallback has kept alive of late. */
    List<String> primaryFor(Collection<String> connectors) {
        List<ObjectNode> runs = journal.lines();
        return connectors.stream().filter(name -> isPrimary(name, runs)).toList();
    }

    private boolean isPrimary(String connector, List<ObjectNode> runs) {
        Instant tended = beats.last(connector).orElse(Instant.MIN);
        return runs.stream()
                        .filter(run -> at(run).isAfter(tended) && hasActed(run, connector))
                        .count()
                >= IN_A_ROW;
    }

    private static boolean hasActed(JsonNode run, String connector) {
        return run.path("findings")
                .valueStream()
                .anyMatch(found -> found.path("acted").asBoolean(false)
                        && found.path("connector").asString("").equals(connector));
    }

    /** What {@code vigil status} tells; empty when the fallback has never run. */
    Optional<ObjectNode> summary(Collection<String> connectors, Instant now) {
        List<ObjectNode> runs = journal.lines();
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode last = runs.get(runs.size() - 1);
        ObjectNode summary = last.objectNode();
        summary.put("last_run", last.path("time").asString());
        summary.put("last_exit", last.path("exit").asInt(0));
        summary.put(
                "incidents_24h",
                runs.stream()
                        .filter(run -> run.path("incident").asBoolean(false))
                        .filter(run -> at(run).isAfter(now.minus(RECENT)))
                        .count());
        primaryFor(connectors).forEach(summary.putArray("primary_path")::add);
        return Optional.of(summary);
    }

    /** The journal gives only lines whose time can be read. */
    private static Instant at(JsonNode run) {
        return Instant.parse(run.path("time").asString());
    }
}
