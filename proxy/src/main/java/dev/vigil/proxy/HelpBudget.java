// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import dev.vigil.session.SessionOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often a client is offered the link of a login before it gets the plain skip: one that asks again and again, with nobody
 * there, must come to an end. By client and connector, not by session, since a new one is begun in no time. Any thread.
 */
final class HelpBudget {
    static final int MOST = 3;
    static final Duration PERIOD = Duration.ofMinutes(10);

    private final TimeSource time;
    /** When each offer stops to count. Guarded by this. */
    private final Map<SessionOwner, List<Deadline>> offers = new HashMap<>();

    HelpBudget(TimeSource time) {
        this.time = time;
    }

    /** May it be offered once more? Then that counts. */
    synchronized boolean take(SessionOwner client) {
        List<Deadline> counted = counted(client);
        if (counted.size() >= MOST) {
            return false;
        }
        counted.add(Deadline.in(PERIOD, time.now()));
        return true;
    }

    /** Somebody said no, or nobody was there: no more of it for a while. */
    synchronized void declined(SessionOwner client) {
        List<Deadline> counted = counted(client);
        while (counted.size() < MOST) {
            counted.add(Deadline.in(PERIOD, time.now()));
        }
    }

    /** Has it been offered any? Then its next requests may speak of it. */
    synchronized boolean isKnown(SessionOwner client) {
        return offers.containsKey(client);
    }

    private List<Deadline> counted(SessionOwner client) {
        Now now = time.now();
        List<Deadline> counted = offers.computeIfAbsent(client, any -> new ArrayList<>());
        counted.removeIf(offer -> offer.isDue(now));
        return counted;
    }
}
