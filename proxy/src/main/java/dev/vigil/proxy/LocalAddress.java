// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;

/**
 * Which addresses lie on this machine or on the user's own networks: not for a server that a stranger named (IANA special
 * purpose registries, RFC 6890).
 */
final class LocalAddress {
    private LocalAddress() {}

    static boolean isLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isLocal4(bytes, 0) : isLocal6(address, bytes);
    }

    private static boolean isLocal6(InetAddress address, byte[] bytes) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (bytes[0] & 0xfe) == 0xfc) {
            return true;
        }
        if (isZero(bytes, 0, 10)) {
            // ::a.b.c.d and ::ffff:a.b.c.d are IPv4 in other clothes.
            return isLocal4(bytes, 12);
        }
        if (startsWith(bytes, 0x00, 0x64, 0xff, 0x9b)) {
            // RFC 6052 translates to the IPv4 address inside; RFC 8215 (64:ff9b:1::/48) is for local use.
            return !isZero(bytes, 4, 12) || isLocal4(bytes, 12);
        }
        // RFC 3056: 6to4 carries the IPv4 address of its router.
        return startsWith(bytes, 0x20, 0x02) && isLocal4(bytes, 2);
    }

    private static boolean isLocal4(byte[] bytes, int at) {
        int first = bytes[at] & 0xff;
        int second = bytes[at + 1] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> true;
            case 100 -> (second & 0xc0) == 64;
            case 169 -> second == 254;
            case 172 -> (second & 0xf0) == 16;
            case 192 -> second == 168 || second == 0 && bytes[at + 2] == 0;
            case 198 -> (second & 0xfe) == 18;
            default -> first >= 224;
        };
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, new byte[to - from], 0, to - from);
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((bytes[i] & 0xff) != prefix[i]) {
                return false;
            }
        }
        return true;
    }
}
