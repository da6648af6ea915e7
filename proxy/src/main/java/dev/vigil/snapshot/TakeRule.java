// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When the next snapshot is due. Pure. */
final class TakeRule {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int SPREAD = 10;
    private static final int STEPS = 1000;
    /** A server that announces changes all the time is not asked all the time. */
    static final Duration SETTLE = Duration.ofMinutes(1);

    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final Duration LAST_RETRY = Duration.ofHours(6);
    private static final int DOUBLINGS = 9;

    private TakeRule() {}

    /**
     * The last try in this run of the daemon.
     *
     * @param login counts the logins of a connector
     * @param failures in a row; 0 when it went well
     */
    record Tried(Owner owner, long login, Now at, int failures) {

        boolean isAbout(Owner other, long otherLogin) {
            return owner.equals(other) && login == otherLogin;
        }

        private boolean isOver(Duration rest, Now now) {
            return Deadline.in(rest, at).isDue(now);
        }
    }

    /**
     * @param takenAt of the newest snapshot of this owner
     * @param last about the same login as now
     * @param announced has the server said that a list has changed, since the last try?
     */
    static boolean isDue(
            Owner owner,
            Optional<Instant> takenAt,
            Optional<Tried> last,
            boolean newLogin,
            boolean announced,
            Now now) {
        if (newLogin) {
            return true;
        }
        int failures = last.map(Tried::failures).orElse(0);
        boolean wanted = takenAt.isEmpty() || isStale(owner, takenAt.get(), now.wall()) || failures > 0 || announced;
        return wanted && last.map(tried -> tried.isOver(rest(failures), now)).orElse(true);
    }

    /** Older than a day, or a part of a tenth less, so that not all are taken at once. A clock set back makes it stale, too. */
    private static boolean isStale(Owner owner, Instant takenAt, Instant now) {
        Duration earlier = DAY.dividedBy(SPREAD)
                .multipliedBy(Math.floorMod(owner.hashCode(), STEPS))
                .dividedBy(STEPS);
        return Duration.between(takenAt, now).abs().compareTo(DAY.minus(earlier)) >= 0;
    }

    private static Duration rest(int failures) {
        if (failures == 0) {
            return SETTLE;
        }
        Duration rest = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS));
        return rest.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : rest;
    }
}
