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
 * twice as long each time, every 30 s in the end, for as long as it takes; {@link SaveAlarm} says how loudly. Touched
 * on {@code token-keeper} only.
 */
final class UnsavedGrants {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private record Wait(Grant grant, Deadline next, Duration pause, SaveAlarm alarm) {
        private static Wait of(Grant grant, Duration pause, SaveAlarm alarm, Now now) {
            return new Wait(grant, Deadline.in(pause, now), pause, alarm);
        }

        private Wait with(SaveAlarm more) {
            return new Wait(grant, next, pause, more);
        }
    }

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
            failed(done.grant(), done.unsaved().get(), now);
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
            waiting.put(connector, Wait.of(wait.grant, pause, wait.alarm, now));
            io.execute(() -> {
                Optional<String> reason = refresher.saveAgain(wait.grant);
                loop.execute(() -> ended(wait.grant, reason));
            });
        }
        return Optional.ofNullable(waiting.get(connector))
                .map(next -> next.next.left(time.now()))
                .orElse(LONGEST);
    }

    private void failed(Grant grant, String reason, Now now) {
        SaveAlarm alarm = Optional.ofNullable(waiting.get(grant.connector()))
                .map(wait -> wait.alarm.again(reason, now))
                .orElseGet(() -> SaveAlarm.begun(grant.connector(), reason, now));
        waiting.put(grant.connector(), Wait.of(grant, FIRST, alarm, now));
        tell(alarm);
    }

    private void ended(Grant grant, Optional<String> reason) {
        Wait wait = waiting.get(grant.connector());
        if (wait == null || !wait.grant.equals(grant)) {
            return; // newer tokens have come meanwhile
        }
        if (reason.isPresent()) {
            SaveAlarm alarm = wait.alarm.again(reason.get(), time.now());
            waiting.put(grant.connector(), wait.with(alarm));
            tell(alarm);
        } else {
            waiting.remove(grant.connector());
            keeper.saved(grant);
            events.saved(wait.alarm.ended(time.now()));
        }
    }

    private void tell(SaveAlarm alarm) {
        if (alarm.isNews()) {
            events.saveFailed(alarm.last());
        }
    }
}
