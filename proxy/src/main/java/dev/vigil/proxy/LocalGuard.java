// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps web pages out: a page whose name was made to resolve to 127.0.0.1 (DNS rebinding) shows a strange {@code Host}, and
 * any page shows its {@code Origin}. Both are compared with a list, exactly. There is no rule on Fetch-metadata headers,
 * since Node sends them too, and no CORS. Pure.
 */
final class LocalGuard {
    private final Set<String> hosts = new HashSet<>();
    private final Set<String> origins = new HashSet<>();

    /** @param more names from {@code listen.hosts}, with or without a port */
    LocalGuard(int port, List<String> more) {
        for (String name : List.of("127.0.0.1", "localhost", "[::1]")) {
            allow(name + ":" + port);
            if (port == 80) allow(name);
        }
        for (String name : more) {
            allow(name.toLowerCase(Locale.ROOT));
            allow(name.toLowerCase(Locale.ROOT) + ":" + port);
        }
    }

    private void allow(String host) {
        hosts.add(host);
        origins.add("http://" + host);
        origins.add("https://" + host); // behind somebody's TLS
    }

    /**
     * Why this request is refused; empty when it may come in.
     *
     * @param callback is it the OAuth redirect? A login page elsewhere leads there, and {@code state} protects it
     */
    Optional<String> refusal(HttpHeaders headers, boolean callback) {
        String host = headers.get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
        if (!hosts.contains(host)) {
            return Optional.of(
                    "Host '" + shown(host) + "' is not allowed here. Add it to listen.hosts if it is yours.");
        }
        List<String> shownOrigins = headers.getAll(HttpHeaderNames.ORIGIN);
        boolean known = shownOrigins.isEmpty()
                || (shownOrigins.size() == 1
                        && origins.contains(shownOrigins.get(0).toLowerCase(Locale.ROOT)));
        if (!known && !callback) {
            return Optional.of(
                    "Origin '" + shown(shownOrigins.get(0)) + "' is not allowed here: Vigil serves no web pages.");
        }
        return Optional.empty();
    }

    private static String shown(String value) {
        return value.length() <= 100 ? value : value.substring(0, 100);
    }
}
