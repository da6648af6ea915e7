// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connector as it is written into a config file. Pure.
 *
 * @param port of its own; empty leaves what the file says
 */
record ConnectorText(Connector connector, Optional<Integer> port) {

    /** The text with this connector in it: every other byte stays. */
    String in(String text) {
        List<String> path = List.of("connectors", connector.name());
        Map<String, Object> settings = settings();
        if (!YamlModel.of(text).has(path)) {
            return YamlSplice.set(text, path, settings);
        }
        settings.put("grant", connector.kind().word());
        String edited = text;
        for (String key : List.of("url", "grant", "header", "scopes", "port")) {
            edited = changed(edited, List.of("connectors", connector.name(), key), settings.get(key));
        }
        return edited;
    }

    /** One setting of a connector that is there already. Defaults that are not written stay unwritten. */
    private static String changed(String text, List<String> path, @Nullable Object value) {
        boolean there = YamlModel.of(text).has(path);
        if (value == null) {
            return path.contains("header") ? YamlSplice.remove(text, path) : text;
        }
        return there || !value.equals(GrantKind.OAUTH.word()) ? YamlSplice.set(text, path, value) : text;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", connector.url().toString());
        if (connector.kind() != GrantKind.OAUTH) {
            settings.put("grant", connector.kind().word());
        }
        connector.header().ifPresent(header -> settings.put("header", header));
        if (!connector.scopes().isEmpty()) {
            settings.put("scopes", connector.scopes());
        }
        port.ifPresent(own -> settings.put("port", own));
        return settings;
    }

    /** Does a config that was read say all of this? */
    boolean isIn(Config config) {
        return config.entry(connector.name()).filter(this::isWritten).isPresent();
    }

    private boolean isWritten(Config.Entry entry) {
        Connector written = entry.connector();
        return written.url().equals(connector.url())
                && written.kind() == connector.kind()
                && written.header().equals(connector.header())
                && (connector.scopes().isEmpty() || written.scopes().equals(connector.scopes()))
                && (port.isEmpty() || entry.facing().port().equals(port));
    }
}
