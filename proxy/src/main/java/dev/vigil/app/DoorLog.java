// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TimeSource;
import dev.vigil.proxy.ExchangeReport;
import dev.vigil.proxy.ProxyEvents;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers who was turned away last for want of a local key: some clients never show their user why a server does not
 * work, so {@code vigil status} does. Any thread.
 */
final class DoorLog implements ProxyEvents {
    private final ProxyEvents log;
    private final TimeSource time;
    /** Guarded by this. */
    private Optional<Strangers> strangers = Optional.empty();

    DoorLog(ProxyEvents log, TimeSource time) {
        this.log = log;
        this.time = time;
    }

    /**
     * Clients without a key that is known.
     *
     * @param count since the daemon started
     * @param last what the last of them did
     */
    record Strangers(long count, Instant at, String last) {}

    synchronized Optional<Strangers> strangers() {
        return strangers;
    }

    @Override
    public void exchanged(ExchangeReport report) {
        log.exchanged(report);
    }

    @Override
    public void turnedAway(String why, String detail) {
        log.turnedAway(why, detail);
        if (why.equals("local_key")) {
            remember(detail);
        }
    }

    private synchronized void remember(String detail) {
        long before = strangers.map(Strangers::count).orElse(0L);
        strangers = Optional.of(new Strangers(before + 1, time.now().wall(), LogLine.shown(detail, 200)));
    }
}
