// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.LoggedOut;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What requests see of each connector: replaced as a whole on {@code token-keeper}, read anywhere. */
final class Published {
    private final AuthEvents events;
    private volatile Map<String, Authorization> all = Map.of();

    Published(AuthEvents events) {
        this.events = events;
    }

    /** One volatile read. */
    Authorization look(String connector) {
        Authorization found = all.get(connector);
        return found == null ? new LoggedOut(Optional.empty()) : found;
    }

    void replace(String connector, Authorization next) {
        Authorization before = look(connector);
        Map<String, Authorization> changed = new TreeMap<>(all);
        changed.put(connector, next);
        all = Map.copyOf(changed);
        new AuthorizationChange(connector, before, next).tell(events);
    }

    void keepOnly(Set<String> connectors) {
        all = all.entrySet().stream()
                .filter(one -> connectors.contains(one.getKey()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
