// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.GrantKind;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.FileLogins;
import dev.vigil.vault.Vault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the status tells of the past: {@code fallback} for all (last_run, last_exit, incidents_24h, primary_path; null when
 * it has never run), and {@code logins} for each connector that a person logs in to (count, avoidable, last_at,
 * last_reason). Blocks on the disk.
 */
record Hindsight(RunHistory runs, FileLogins logins, TimeSource time) {

    static Hindsight of(Vault vault, TimeSource time) {
        return new Hindsight(new RunHistory(vault.journal("refresh-runs"), vault.beats()), vault.logins(), time);
    }

    /** History that cannot be read is left out: the present is worth more. */
    void addTo(ObjectNode status) {
        status.putNull("fallback");
        try {
            Map<String, ObjectNode> connectors = loginsIn(status);
            runs.summary(connectors.keySet(), time.now().wall()).ifPresent(summary -> status.set("fallback", summary));
            Map<String, List<PersonLogin>> past =
                    logins.all().stream().collect(Collectors.groupingBy(PersonLogin::connector));
            connectors.forEach((name, connector) -> put(connector, past.getOrDefault(name, new ArrayList<>())));
        } catch (VaultException e) {
            status.put("history_unreadable", e.getMessage());
        }
    }

    private static Map<String, ObjectNode> loginsIn(ObjectNode status) {
        Map<String, ObjectNode> found = new TreeMap<>();
        status.path("connectors").forEach(one -> {
            if (one instanceof ObjectNode connector
                    && connector.path("grant").asString("").equals(GrantKind.OAUTH.word())) {
                found.put(connector.path("name").asString(), connector);
            }
        });
        return found;
    }

    private static void put(ObjectNode connector, List<PersonLogin> past) {
        ObjectNode told = connector.putObject("logins");
        told.put("count", past.size());
        told.put("avoidable", past.stream().filter(PersonLogin::avoidable).count());
        told.putNull("last_at");
        told.putNull("last_reason");
        if (!past.isEmpty()) {
            PersonLogin last = past.get(past.size() - 1);
            told.put("last_at", last.at().toString());
            told.put("last_reason", last.reason());
        }
    }
}
