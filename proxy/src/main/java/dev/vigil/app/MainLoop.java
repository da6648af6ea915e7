// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the fallback knows of the daemons whose work it would do: that of this machine by its heartbeats, those of others by
 * what they tell in the bucket.
 *
 * @param elsewhere has the daemon of another machine looked after this connector of late? May block
 * @param notRenewed why it has not got a token renewed that has expired, in words for people. May block
 */
record MainLoop(Heartbeats beats, Predicate<String> elsewhere, Function<Grant, String> notRenewed, TimeSource time) {
    /** Two cycles of the main loop, each a nap of at most 30 s, and one refresh of at most 30 s. */
    static final Duration MISSED_AFTER = Duration.ofSeconds(90);

    Optional<Instant> lastBeat(String connector) {
        return beats.last(connector);
    }

    /**
     * Has nobody looked after a connector that is due?
     *
     * @param hasTime false near the token's end, when another machine's daemon is no excuse any more
     */
    boolean hasMissed(String connector, boolean hasTime) {
        return isSilent(connector) && !(hasTime && elsewhere.test(connector));
    }

    /** Has a token expired in its care? Only after it has had its time, since a machine that wakes up has it renewed at once. */
    Optional<String> failure(Grant grant) {
        return grant.tokens()
                .expiresAt()
                .filter(end -> end.plus(MISSED_AFTER).isBefore(time.now().wall()))
                .map(end -> notRenewed.apply(grant));
    }

    /** A heartbeat from the future is of no use either: the clock was set back, and nobody has beaten since. */
    private boolean isSilent(String connector) {
        return lastBeat(connector)
                .map(at -> Duration.between(at, time.now().wall()).abs())
                .filter(age -> age.compareTo(MISSED_AFTER) <= 0)
                .isEmpty();
    }
}
