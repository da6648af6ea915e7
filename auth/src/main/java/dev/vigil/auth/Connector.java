// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A remote MCP server that the user wants, with the way it is authorized. Validates itself; nothing else in the product
 * judges connector settings.
 *
 * @param name the word in {@code /mcp/NAME}, in file names and in {@code vigil login NAME}
 * @param url the MCP endpoint, http or https
 * @param header the header that carries a static key; present exactly when {@code kind} is {@link GrantKind#HEADER}
 * @param scopes scopes to ask for; empty means what the server asks for
 */
public record Connector(
        String name,
        URI url,
        GrantKind kind,
        Optional<String> header,
        List<String> scopes,
        Optional<PinnedClient> client,
        RefreshSettings refresh) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    /** RFC 9110, 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    public Connector {
        if (!isName(name)) {
            throw new IllegalArgumentException("connector name '" + name
                    + "' must be 1 to 63 lower-case letters, digits, - or _, beginning with a letter or digit");
        }
        checkUrl(name, url);
        if (header.isPresent() != (kind == GrantKind.HEADER)) {
            throw new IllegalArgumentException("connector " + name
                    + ": 'header' names the header of a key, so it goes with 'grant: header' and only with it");
        }
        if (header.isPresent() && !TOKEN.matcher(header.get()).matches()) {
            throw new IllegalArgumentException("connector " + name + ": '" + header.get() + "' is not a header name");
        }
        scopes = List.copyOf(scopes);
    }

    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** A connector with the defaults: OAuth, scopes as the server asks. */
    public static Connector oauth(String name, URI url) {
        return new Connector(
                name, url, GrantKind.OAUTH, Optional.empty(), List.of(), Optional.empty(), RefreshSettings.DEFAULT);
    }

    /** The only origin that this connector's token may be sent to. */
    public Origin origin() {
        return Origin.of(url);
    }

    private static void checkUrl(String name, URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https") || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "connector " + name + ": url '" + url + "' must be an http or https URL with a host");
        }
        if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException("connector " + name + ": url may carry no user, password or #fragment");
        }
    }
}
