// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The ports that belong to one connector each, as far as they could be had. Any thread that may block. */
final class OwnPorts {

    /** Listens on a port for a connector; all of it or nothing. */
    interface Binder {
        List<Channel> bind(int port, String connector) throws IOException;
    }

    private record Open(int port, List<Channel> listeners) {
        void close() {
            listeners.forEach(listener -> listener.close().syncUninterruptibly());
        }
    }

    private static final int ATTEMPTS = 100;
    private static final Duration REST = Duration.ofMillis(10);

    private final Binder binder;
    /** By connector. Guarded by this. */
    private final Map<String, Open> open = new HashMap<>();

    OwnPorts(Binder binder) {
        this.binder = binder;
    }

    /**
     * Listens on these ports from now on, and on no other. Ports that go are given back first, so that two connectors can
     * change places. Calls under way on a port that goes are not disturbed.
     *
     * @return why a connector has no port, by its name
     */
    synchronized Map<String, IOException> change(Map<String, Integer> wanted) {
        Set<Integer> givenBack = giveBackAllBut(wanted);
        Map<String, IOException> problems = new LinkedHashMap<>();
        wanted.forEach((connector, port) -> {
            try {
                if (!open.containsKey(connector)) {
                    open.put(connector, new Open(port, bind(port, connector, givenBack.contains(port))));
                }
            } catch (IOException e) {
                problems.put(connector, e);
            }
        });
        return problems;
    }

    private Set<Integer> giveBackAllBut(Map<String, Integer> wanted) {
        Set<Integer> givenBack = new HashSet<>();
        open.entrySet().removeIf(one -> {
            int port = one.getValue().port;
            boolean gone = !Integer.valueOf(port).equals(wanted.get(one.getKey()));
            if (gone) {
                one.getValue().close();
                givenBack.add(port);
            }
            return gone;
        });
        return givenBack;
    }

    /** The JDK frees the port of a channel that was closed with the next round of its selector, and tells nobody. */
    private List<Channel> bind(int port, String connector, boolean wasOurs) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return binder.bind(port, connector);
            } catch (BindException e) {
                if (!wasOurs || attempt == ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(REST.toNanos());
            }
        }
    }

    synchronized void close() {
        open.values().forEach(Open::close);
        open.clear();
    }
}
