// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.List;

/**
 * How the proxy listens.
 *
 * @param port 0 for any free one
 * @param localKey must clients show a local key? Off is allowed on loopback only, which is the only place we bind
 * @param hosts names that a {@code Host} header may carry beside 127.0.0.1, [::1] and localhost
 */
public record ProxySettings(int port, boolean localKey, List<String> hosts) {
    public static final int DEFAULT_PORT = 7470;

    public ProxySettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("listen.port " + port + " is not between 0 and 65535");
        }
        hosts = List.copyOf(hosts);
    }
}
