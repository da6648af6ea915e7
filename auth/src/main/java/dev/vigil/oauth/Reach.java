// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far requests on behalf of one MCP server may reach. A hostile server can name any URL in its metadata; without a
 * limit it could make us knock on the user's own doors (CVE-2026-51994).
 *
 * <p>"Local" is judged by what the configured URL says, never by a look-up: {@code localhost}, or a literal loopback,
 * private, link-local or shared (100.64/10) address. A name that merely resolves to such an address is not local, so an
 * authorization server on a private network is reached only where the MCP server is configured by address; the transport
 * refuses the rest when it resolves names.
 *
 * @param local may requests go to local addresses?
 * @param plain may OAuth endpoints on local addresses speak plain http? Only where the MCP server itself does
 */
record Reach(boolean local, boolean plain) {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    static Reach of(URI server) {
        boolean local = server.getHost() != null && isLocal(server.getHost());
        return new Reach(local, local && "http".equalsIgnoreCase(server.getScheme()));
    }

    /** Why this URL may not be called; empty when it may. MCP authorization: endpoints must be https. */
    Optional<String> refusal(URI url) {
        String host = url.getHost();
        if (host == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
            return because(url, "is not a plain URL with a host");
        }
        boolean isLocal = isLocal(host);
        if (isLocal && !local) {
            return because(url, "is on this machine or a private network, where the MCP server is not");
        }
        boolean isTls = "https".equalsIgnoreCase(url.getScheme());
        boolean isAllowedPlain = "http".equalsIgnoreCase(url.getScheme()) && isLocal && plain;
        return isTls || isAllowedPlain ? Optional.empty() : because(url, "is not https");
    }

    private static Optional<String> because(URI url, String reason) {
        return Optional.of("'" + ForeignText.shown(url.toString()) + "' " + reason);
    }

    private static boolean isLocal(String name) {
        String host = name.toLowerCase(Locale.ROOT);
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        if (!host.startsWith("[") && !IPV4.matcher(host).matches()) {
            return false;
        }
        try {
            return isLocal(InetAddress.getByName(host)); // a literal: nothing is looked up
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean isShared = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xC0) == 64;
        boolean isUniqueLocal = bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || isShared
                || isUniqueLocal;
    }
}
