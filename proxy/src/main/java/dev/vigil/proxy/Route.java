// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import java.util.Optional;

/** Where a request goes, told from its path alone. Pure. */
sealed interface Route {

    /**
     * To a connector's upstream.
     *
     * @param key the local key, where the client shows it in the path
     */
    record ToConnector(String name, Optional<Secret> key) implements Route {}

    /** To one of our own pages. */
    record ToPage() implements Route {}

    record Nowhere() implements Route {}

    /** The path of the OAuth redirect URI. */
    String CALLBACK = "/oauth/callback";

    /** Reads a path without its query. */
    static Route of(String path) {
        if (path.startsWith("/mcp/")) {
            return toConnector(path.substring("/mcp/".length()), Optional.empty());
        }
        if (path.startsWith("/k/")) {
            int end = path.indexOf('/', "/k/".length());
            boolean shaped = end > "/k/".length() && path.startsWith("/mcp/", end);
            return shaped
                    ? toConnector(
                            path.substring(end + "/mcp/".length()),
                            Optional.of(new Secret(path.substring("/k/".length(), end))))
                    : new Nowhere();
        }
        boolean page = path.equals("/healthz")
                || path.equals(CALLBACK)
                || path.startsWith("/api/")
                || path.startsWith(LoginLinks.PATH);
        return page ? new ToPage() : new Nowhere();
    }

    private static Route toConnector(String name, Optional<Secret> key) {
        String trimmed = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        return Connector.isName(trimmed) ? new ToConnector(trimmed, key) : new Nowhere();
    }
}
