// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.proxy.ProxyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Has the proxy listen on the ports that the config gives to single connectors, and says what is in the way. */
record OwnPorts(ProxyServer server, Path configFile) {

    /** Follows the config; what is wrong, in words for a person. May block. */
    List<String> follow(Config config) {
        return problems(config).stream()
                .map(failure -> String.valueOf(failure.getMessage()))
                .toList();
    }

    /** @throws Failure when one of the ports cannot be had */
    void begin(Config config) {
        List<Failure> problems = problems(config);
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
    }

    private List<Failure> problems(Config config) {
        Map<String, Integer> wanted = config.ownPorts();
        Map<String, IOException> refused = server.ownPorts(wanted);
        return refused.entrySet().stream()
                .map(one -> PortTaken.failure(
                        one.getKey(), wanted.getOrDefault(one.getKey(), 0), configFile, one.getValue()))
                .toList();
    }

    /** A port that a new connector can have: beside the others, and free just now. @throws Failure when there is none */
    static int free(Config config) {
        int first = Math.max(config.listen().port(), 1024) + 1;
        for (int port = first; port <= Math.min(first + 1000, 65_535); port++) {
            if (!config.ownPorts().containsValue(port) && isFree(port)) {
                return port;
            }
        }
        throw new Failure(Failure.Code.USAGE, "no port from " + first + " on is free. Name one: --port NUMBER");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
