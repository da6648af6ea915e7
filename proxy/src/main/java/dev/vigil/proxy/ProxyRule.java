// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which https origins go through an HTTP proxy: {@code HTTPS_PROXY} and {@code NO_PROXY} as curl and Go read them.
 * Loopback never does.
 */
final class ProxyRule {

    /** An HTTP proxy. Its user and password, if any, are in {@link #login()} and are shown nowhere. */
    record HttpProxy(String host, int port, Optional<Login> login) {
        String authority() {
            return host + ":" + port;
        }
    }

    /** User and password of a proxy. */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return "[secret]";
        }
    }

    private final Optional<HttpProxy> proxy;
    private final List<NoProxyEntry> exceptions;

    private ProxyRule(Optional<HttpProxy> proxy, List<NoProxyEntry> exceptions) {
        this.proxy = proxy;
        this.exceptions = exceptions;
    }

    /** @throws IllegalArgumentException when the proxy's URL is not one; the message does not repeat it, it may hold a password */
    static ProxyRule of(Map<String, String> environment) {
        Optional<HttpProxy> proxy = variable(environment, "https_proxy").map(ProxyRule::parse);
        List<NoProxyEntry> exceptions = variable(environment, "no_proxy").stream()
                .flatMap(list -> Arrays.stream(list.split("[,\\s]+", -1)))
                .filter(entry -> !entry.isEmpty())
                .map(NoProxyEntry::parse)
                .toList();
        return new ProxyRule(proxy, exceptions);
    }

    Optional<HttpProxy> forOrigin(Origin origin) {
        if (!origin.isTls() || isLoopback(bare(origin.host()))) {
            return Optional.empty();
        }
        return proxy.filter(found ->
                exceptions.stream().noneMatch(entry -> entry.matches(bare(origin.host()), origin.port())));
    }

    /** A host as the system looks it up: an IPv6 address without its brackets. */
    static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || NoProxyEntry.literal(host)
                        .filter(address -> address.isLoopbackAddress())
                        .isPresent();
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        @Nullable String lower = environment.get(name);
        String value = lower != null ? lower : environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
        return value.isBlank() ? Optional.empty() : Optional.of(value.trim());
    }

    private static HttpProxy parse(String value) {
        try {
            URI url = new URI(value.contains("://") ? value : "http://" + value);
            if (url.getHost() == null || !"http".equalsIgnoreCase(url.getScheme())) {
                throw notAProxy();
            }
            return new HttpProxy(
                    bare(url.getHost()), url.getPort() < 0 ? 80 : url.getPort(), login(url.getRawUserInfo()));
        } catch (URISyntaxException wrong) {
            throw notAProxy();
        }
    }

    private static Optional<Login> login(@Nullable String userInfo) {
        if (userInfo == null || userInfo.isEmpty()) {
            return Optional.empty();
        }
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        return Optional.of(new Login(decode(user), colon < 0 ? "" : decode(userInfo.substring(colon + 1))));
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException notAProxy() {
        return new IllegalArgumentException(
                "HTTPS_PROXY is not the URL of an HTTP proxy. Write it as http://host:port or http://user:password@host:port");
    }
}
