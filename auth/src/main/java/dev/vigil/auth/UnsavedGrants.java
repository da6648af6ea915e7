// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static dev.vigil.auth.Spans.shorter;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Tokens that could not be saved when they came. They serve from memory, and are tried to be saved after 1 s, then after
 * twice as long each time, every 30 s in the end, for as long as it takes; each failure is told. Touched on
 * {@code token-keeper} only.
 */
final class UnsavedGrants {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private record Wait(Grant grant, Deadline next, Duration pause) {}

    private final TokenKeeper keeper;
    private final Executor loop;
    private final Executor io;
    private final Refresher refresher;
    private final AuthEvents events;
    private final TimeSource time;
    private final Map<String, Wait> waiting = new HashMap<>();

    UnsavedGrants(
            TokenKeeper keeper, Executor loop, Executor io, Refresher refresher, AuthEvents events, TimeSource time) {
        this.keeper = keeper;
        this.loop = loop;
        this.io = io;
        this.refresher = refresher;
        this.events = events;
        this.time = time;
    }

    /** A refresh ended so. */
    void after(RefreshOutcome outcome, Now now) {
        if (outcome instanceof Refreshed done && done.unsaved().isPresent()) {
            wait(done.grant(), FIRST, now);
        } else if (outcome instanceof Refreshed done) {
            waiting.remove(done.grant().connector());
        } else if (outcome instanceof Adopted other) {
            waiting.remove(other.grant().connector());
        }
    }

    /** Tries to save if it is time; how long this connector can be left alone. */
    Duration tend(String connector, Now now) {
        Wait wait = waiting.get(connector);
        if (wait == null) {
            return LONGEST;
        }
        if (wait.next.isDue(now)) {
            Duration pause = shorter(wait.pause.multipliedBy(2), LONGEST);
            wait(wait.grant, pause, now);
            io.execute(() -> {
                Optional<String> trouble = refresher.saveAgain(wait.grant);
                loop.execute(() -> ended(wait.grant, trouble));
            });
        }
        return Optional.ofNullable(waiting.get(connector))
                .map(next -> next.next.left(time.now()))
                .orElse(LONGEST);
    }

    private void ended(Grant grant, Optional<String> trouble) {
        boolean isOurs = Optional.ofNullable(waiting.get(grant.connector()))
                .map(wait -> wait.grant.equals(grant))
                .orElse(false);
        if (trouble.isPresent()) {
            events.saveFailed(grant.connector(), trouble.get());
        } else if (isOurs) {
            waiting.remove(grant.connector());
            keeper.saved(grant);
            events.saved(grant.connector());
        }
    }

    private void wait(Grant grant, Duration pause, Now now) {
        waiting.put(grant.connector(), new Wait(grant, Deadline.in(pause, now), pause));
    }
}
