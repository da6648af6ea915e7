// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static dev.vigil.auth.Spans.longer;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How loud it is when tokens cannot be saved: told at once, whenever the reason is a new one, and otherwise
 * after 1, 5, 15 and 60 minutes and then every hour. A night of it is a dozen lines, not a thousand. Pure.
 *
 * @param last what there is to tell
 * @param isNews is it to be told?
 * @param reasons told so far
 * @param quiet how long it lasts before the same reason is told again
 */
record SaveAlarm(SaveTrouble last, boolean isNews, Now began, Set<String> reasons, Duration quiet) {
    private static final List<Duration> MARKS =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(15), Duration.ofHours(1));
    /** Reasons that change for ever, with a number in them perhaps, are no news any more. */
    private static final int MOST_REASONS = 5;

    static SaveAlarm begun(String connector, String reason, Now now) {
        SaveTrouble first = new SaveTrouble(connector, reason, Duration.ZERO, 1);
        return new SaveAlarm(first, true, now, Set.of(reason), MARKS.get(0));
    }

    /** One more try has failed. */
    SaveAlarm again(String why, Now now) {
        Duration since = since(now);
        boolean isNew = !reasons.contains(why) && reasons.size() < MOST_REASONS;
        boolean isTime = since.compareTo(quiet) >= 0;
        Set<String> known =
                isNew ? Stream.concat(reasons.stream(), Stream.of(why)).collect(Collectors.toSet()) : reasons;
        SaveTrouble more = new SaveTrouble(last.connector(), why, since, last.tries() + 1);
        return new SaveAlarm(more, isNew || isTime, began, known, isTime ? nextMark(since) : quiet);
    }

    /** It is over, after so much. */
    SaveTrouble ended(Now now) {
        return new SaveTrouble(last.connector(), last.reason(), since(now), last.tries());
    }

    /** By the clock that has run further: one stands still during sleep, the other may have been set back. */
    private Duration since(Now now) {
        Duration byWall = Duration.between(began.wall(), now.wall());
        return longer(byWall, now.monotonic().minus(began.monotonic()));
    }

    private static Duration nextMark(Duration since) {
        return MARKS.stream()
                .filter(mark -> mark.compareTo(since) > 0)
                .findFirst()
                .orElse(Duration.ofHours(since.toHours() + 1));
    }
}
