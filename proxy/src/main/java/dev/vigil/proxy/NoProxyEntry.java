// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code NO_PROXY}: {@code *}, a domain (itself and what lies under it, with or without a leading dot), an
 * address, or a block of addresses such as {@code 10.0.0.0/8}; each but {@code *} and blocks with a port if wanted.
 */
final class NoProxyEntry {
    private final String host;
    private final OptionalInt port;
    private final int prefix;

    private NoProxyEntry(String host, OptionalInt port, int prefix) {
        this.host = host;
        this.port = port;
        this.prefix = prefix;
    }

    /** What cannot be understood matches nothing, as in curl: a typo here must not stop the daemon. */
    static NoProxyEntry parse(String entry) {
        String text = entry.toLowerCase(Locale.ROOT);
        int slash = text.indexOf('/');
        if (slash > 0) {
            return new NoProxyEntry(text.substring(0, slash), OptionalInt.empty(), number(text.substring(slash + 1)));
        }
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon >= 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String name = hasPort ? text.substring(0, colon) : text;
        OptionalInt port = hasPort ? OptionalInt.of(number(text.substring(colon + 1))) : OptionalInt.empty();
        return new NoProxyEntry(ProxyRule.bare(name.replaceFirst("^\\*?\\.", "")), port, -1);
    }

    /** @param asked in lower case, an IPv6 address without brackets */
    boolean matches(String asked, int askedPort) {
        if (host.isEmpty() || port.isPresent() && port.getAsInt() != askedPort) {
            return false;
        }
        Optional<InetAddress> address = literal(asked);
        if (address.isPresent()) {
            return host.equals("*")
                    || literal(host)
                            .filter(block ->
                                    covers(block.getAddress(), address.get().getAddress()))
                            .isPresent();
        }
        return host.equals("*") || prefix < 0 && (asked.equals(host) || asked.endsWith("." + host));
    }

    static Optional<InetAddress> literal(String host) {
        @Nullable InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return Optional.ofNullable(address);
    }

    private boolean covers(byte[] block, byte[] address) {
        int bits = prefix < 0 ? block.length * 8 : prefix;
        if (block.length != address.length || bits > block.length * 8) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (((block[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int number(String digits) {
        return digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : Integer.MAX_VALUE;
    }
}
