// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;

/**
 * May a refresh begin now? Whatever the schedule and the requests would like, it waits for its turn at the token endpoint
 * ({@link EndpointGuard}) and for the network after a sleep ({@link LeapWatch}). Touched on {@code token-keeper} only.
 */
final class Pace {
    private final EndpointGuard guard = new EndpointGuard();
    private final LeapWatch leaps = new LeapWatch();

    /** Looks at the clocks, now and then, so that a leap shows. */
    Now look(Now now) {
        leaps.look(now);
        return now;
    }

    /** How long no refresh of this grant may begin; zero when one may, and for a grant of which nobody will be asked. */
    Duration heldBack(Live live, Now now) {
        return live.isLast() ? Duration.ZERO : guard.heldBack(live.grant(), now);
    }

    /** How long a refresh that begins now first waits for the network; who joins it waits too. */
    Duration rest(Now now) {
        leaps.look(now);
        return leaps.rest(now);
    }

    /** May a request have it refreshed? Not while a failed refresh rests. */
    boolean mayAsk(Live live, Trigger trigger, Now now) {
        // A lost answer rests until the access token ends. When the upstream refuses it, it has ended.
        boolean isOver = trigger == Trigger.UPSTREAM_401 && live.isAnswerLost() && !live.isWaiting();
        return (isOver || !live.isResting(now)) && heldBack(live, now).isZero();
    }

    Now begun(Live live, Now now) {
        if (!live.isLast()) {
            guard.begun(live.grant(), now);
        }
        return now;
    }

    Now ended(Live live, RefreshOutcome outcome, Now now) {
        if (!live.isLast()) {
            guard.ended(live.grant(), outcome, now);
        }
        return now;
    }
}
