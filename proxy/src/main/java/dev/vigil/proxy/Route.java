// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a request goes, told from its path alone. Pure. */
sealed interface Route {

    /**
     * To a connector's upstream.
     *
     * @param key the local key, where the client shows it in the path
     * @param box the id of the {@link PostBox} through which it comes
     */
    record ToConnector(String name, Optional<Secret> key, Optional<String> box) implements Route {}

    /** To one of our own pages. */
    record ToPage() implements Route {}

    record Nowhere() implements Route {}

    /** The path of the OAuth redirect URI. */
    String CALLBACK = "/oauth/callback";

    /** On a port of its own, a connector need not be named. */
    Pattern UNNAMED = Pattern.compile("((?:/k/[^/]+)?/mcp)((?:/post/[^/]+)?)/?");

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

    /**
     * The same on a port that belongs to one connector: there {@code /mcp} is enough, and nothing else is there but the
     * links that this connector's clients are given.
     */
    static Route onPortOf(String connector, String path) {
        Matcher unnamed = UNNAMED.matcher(path);
        Route route = of(unnamed.matches() ? unnamed.group(1) + "/" + connector + unnamed.group(2) : path);
        boolean itself = route instanceof ToConnector to && to.name().equals(connector);
        return itself || path.startsWith(LoginLinks.PATH) ? route : new Nowhere();
    }

    private static Route toConnector(String rest, Optional<Secret> key) {
        int end = rest.indexOf(PostBoxes.PATH);
        if (end >= 0) {
            String name = rest.substring(0, end);
            String id = rest.substring(end + PostBoxes.PATH.length());
            boolean shaped = Connector.isName(name) && PostBoxes.isId(id);
            return shaped ? new ToConnector(name, key, Optional.of(id)) : new Nowhere();
        }
        String name = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        return Connector.isName(name) ? new ToConnector(name, key, Optional.empty()) : new Nowhere();
    }
}
