// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.proxy.Facing;
import dev.vigil.proxy.ProxySettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code vigil.yaml} says, checked. Holds references to secrets and never a secret: a reference is followed when its
 * secret is needed, not when the file is read.
 *
 * @param ca PEM file with certificates that are trusted beside the system's
 * @param keys what seals the rest
 * @param sync the bucket that machines share; empty for a machine by itself
 */
record Config(
        List<Entry> entries, ProxySettings listen, Optional<Path> ca, KeysConfig keys, Optional<SyncConfig> sync) {
    static final Config EMPTY = new Config(
            List.of(),
            new ProxySettings(ProxySettings.DEFAULT_PORT, true, List.of()),
            Optional.empty(),
            KeysConfig.NONE,
            Optional.empty());

    Config {
        entries = List.copyOf(entries);
    }

    /**
     * A connector, where the secret of its own OAuth client is, if it has one, and how it meets its clients.
     *
     * @param connector without that secret
     */
    record Entry(Connector connector, Optional<SecretRef> clientSecret, Facing facing) {

        /** The same for a proxy that serves one client and cannot be logged in at. */
        Entry alone() {
            return new Entry(connector, clientSecret, new Facing(facing.syntheticProgress(), false, Optional.empty()));
        }
    }

    List<Connector> connectors() {
        return entries.stream().map(Entry::connector).toList();
    }

    /** The ports that connectors have of their own, by connector. */
    Map<String, Integer> ownPorts() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        entries.forEach(entry -> entry.facing()
                .port()
                .ifPresent(port -> ports.put(entry.connector().name(), port)));
        return ports;
    }

    /**
     * Where clients find a connector.
     *
     * @param base where they find all
     */
    String endpoint(String base, String name) {
        Optional<Integer> own = entry(name).flatMap(entry -> entry.facing().port());
        return own.map(port -> "http://127.0.0.1:" + port).orElse(base) + "/mcp/" + name;
    }

    Optional<Entry> entry(String name) {
        return entries.stream()
                .filter(entry -> entry.connector().name().equals(name))
                .findFirst();
    }

    /** The thresholds of a connector; the defaults where there is no such connector. */
    RefreshSettings refreshOf(String name) {
        return entry(name).map(entry -> entry.connector().refresh()).orElse(RefreshSettings.DEFAULT);
    }
}
