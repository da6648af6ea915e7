// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Instant;
import java.util.Optional;

/**
 * What is not as it should be with a login that serves all the same: refreshes fail and nobody has said no, the tokens are in
 * memory only, or the access token serves for the last time; or another machine is refreshing it, which is no failure.
 *
 * @param since the first failure in a row; of a wait for another machine, its beginning
 * @param answerLost is it unknown whether the refresh token is spent?
 */
public record Trouble(FailureCategory category, String reason, Instant since, boolean answerLost) {
    public Trouble(FailureCategory category, String reason, Instant since) {
        this(category, reason, since, false);
    }

    /** While another machine has its turn, what was in doubt before still is. */
    static Trouble after(Optional<Trouble> before, Unreachable not, Now now) {
        boolean isInDoubt =
                not.isWaiting() && before.filter(Trouble::answerLost).isPresent();
        return after(before, new Trouble(not.category(), not.reason(), now.wall(), isInDoubt));
    }

    static Trouble after(Optional<Trouble> before, Unanswered lost, Now now) {
        return after(before, new Trouble(lost.category(), lost.reason(), now.wall(), true));
    }

    private static Trouble after(Optional<Trouble> before, Trouble next) {
        return before.filter(one -> one.isWaiting() == next.isWaiting())
                .map(one -> new Trouble(next.category, next.reason, one.since, next.answerLost))
                .orElse(next);
    }

    /** Is another machine refreshing it, as it should? */
    boolean isWaiting() {
        return category == FailureCategory.WAITING;
    }

    /** Did the store that machines share give no answer, so that nothing was begun? */
    boolean isOfTheStore() {
        return category == FailureCategory.SYNC && !answerLost;
    }

    /** Did another machine begin to refresh it, and has it not told what came of it? Then nobody here sends anything. */
    boolean isLeftToAnother() {
        return answerLost && category == FailureCategory.SYNC;
    }
}
