// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A refresh in a process that ends right after it, where no keeper follows up: a lost answer is asked for again within its
 * short window, a client that the server does not know is asked about once more, and tokens that the disk did not take are
 * saved again until it does, since this process alone holds them.
 *
 * @param alarm told once, before the wait for the disk
 * @param pause waits so long
 */
record PatientRefresher(Refresher inner, TimeSource time, Consumer<String> alarm, Consumer<Duration> pause)
        implements Refresher {
    private static final Duration BETWEEN_SAVES = Duration.ofSeconds(1);
    /** What may be sent again only later is the next run's business. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** For tokens that told no lifetime. */
    private static final Duration LONGEST = Duration.ofHours(1);

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        RefreshOutcome outcome = inner.refresh(held, terms);
        Optional<Duration> next = next(outcome);
        while (next.isPresent()) {
            pause.accept(next.get());
            outcome = inner.refresh(held, terms);
            next = next(outcome);
        }
        return outcome instanceof Refreshed done && done.unsaved().isPresent()
                ? new Refreshed(done.grant(), saved(done.grant(), done.unsaved().get()))
                : outcome;
    }

    /** When to ask again, if it is soon: a lost answer, or a verdict that counts when it is repeated. */
    private static Optional<Duration> next(RefreshOutcome outcome) {
        Optional<Duration> wait = Optional.empty();
        if (outcome instanceof Unanswered lost) {
            wait = lost.resendIn();
        } else if (outcome instanceof Unreachable doubt && doubt.category() == FailureCategory.AUTH) {
            wait = doubt.retryAfter();
        }
        return wait.filter(pause -> pause.compareTo(LONGEST_PAUSE) <= 0);
    }

    /** Until the disk takes them, or they are worth nothing any more; then why not. */
    private Optional<String> saved(Grant grant, String why) {
        alarm.accept(grant.connector() + ": new tokens could not be saved (" + why
                + "). Trying on until that works; if this process ends before, the login is lost.");
        Deadline end = grant.tokens()
                .expiresAt()
                .map(at -> Deadline.at(at, time.now()))
                .orElseGet(() -> Deadline.in(LONGEST, time.now()));
        Optional<String> trouble = Optional.of(why);
        while (trouble.isPresent() && !end.isDue(time.now())) {
            pause.accept(BETWEEN_SAVES);
            trouble = inner.saveAgain(grant);
        }
        return trouble;
    }
}
