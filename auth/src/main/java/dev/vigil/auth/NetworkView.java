// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.stream.Collectors;

/** How this machine stands in its networks, as a word that changes when it moves. Any thread; takes a millisecond. */
@FunctionalInterface
public interface NetworkView {
    String word();

    /** The addresses of all interfaces that are up, but for loopback; the same word for ever where none can be read. */
    static NetworkView system() {
        return () -> {
            try {
                return NetworkInterface.networkInterfaces()
                        .filter(NetworkView::isOutward)
                        .flatMap(one -> one.getInterfaceAddresses().stream())
                        .map(InterfaceAddress::toString)
                        .sorted()
                        .collect(Collectors.joining(" "));
            } catch (SocketException e) {
                return "unknown";
            }
        };
    }

    private static boolean isOutward(NetworkInterface one) {
        try {
            return one.isUp() && !one.isLoopback();
        } catch (SocketException e) {
            return false; // it is just going away
        }
    }
}
