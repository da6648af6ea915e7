// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.proxy.Facing;
import java.util.Optional;

/** The config in force. Replaced as a whole by whoever reloads, read anywhere without waiting. */
final class LiveConfig {
    /** Written by whoever reloads, read anywhere. */
    private volatile Config current;

    LiveConfig(Config first) {
        current = first;
    }

    Config get() {
        return current;
    }

    void replace(Config next) {
        current = next;
    }

    Optional<Connector> connector(String name) {
        return get().entry(name).map(Config.Entry::connector);
    }

    Facing facing(String name) {
        return get().entry(name).map(Config.Entry::facing).orElse(Facing.PLAIN);
    }

    RefreshSettings refreshOf(String name) {
        return get().refreshOf(name);
    }
}
