// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * May we speak for the user on this connector? Immutable; {@link TokenKeeper} publishes a new one at each change.
 *
 * <pre>
 *   LoggedOut --login--> Live --refresh--> Live
 *       ^                 |  ^
 *       |               refused  login
 *     logout              v  |
 *       +------------- NeedsLogin
 *
 *   NotNeeded: the server wants nothing.   Unreadable: the stored grant cannot be opened; neither in nor out.
 *   HeldElsewhere: logged out here, but perhaps not on another machine.
 * </pre>
 */
public sealed interface Authorization {

    record NotNeeded() implements Authorization {}

    /**
     * No login here.
     *
     * @param note why a stored login does not count, where there is one
     */
    record LoggedOut(Optional<String> note) implements Authorization {}

    /**
     * No login here, though another machine may hold one: to log in again would not be the first thing to try.
     *
     * @param why it is not here
     */
    record HeldElsewhere(String why) implements Authorization {}

    /**
     * The stored grant cannot be opened.
     *
     * @param reason names the file and what helps
     */
    record Unreadable(String reason) implements Authorization {}

    /**
     * A person has to act: log in again, or type a new key.
     *
     * @param reason the OAuth error, or our own word ({@code no_refresh_token}, {@code rejected_though_fresh})
     */
    record NeedsLogin(Grant last, String reason, Instant since) implements Authorization {}

    /**
     * We hold a token.
     *
     * @param failures refreshes that have failed in a row
     * @param trouble the last of them
     * @param retryAt not before this; empty when the schedule alone decides
     */
    record Live(Grant grant, Schedule schedule, int failures, Optional<Trouble> trouble, Optional<Deadline> retryAt)
            implements Authorization {

        static Live fresh(Grant grant, Schedule schedule) {
            return new Live(grant, schedule, 0, Optional.empty(), Optional.empty());
        }

        /**
         * A refresh token that we may have spent ourselves was refused. That says nothing of the access token, which serves
         * until it ends or the upstream refuses it.
         */
        static Live last(Grant grant, Refusal refusal, Schedule schedule, Now now) {
            String reason = refusal.oauthError() + " after a lost answer: a login is needed when the access token ends";
            Trouble trouble = new Trouble(FailureCategory.AUTH, reason, refusal.at(), true);
            return new Live(
                    grant, schedule, 1, Optional.of(trouble), Optional.of(RefreshPolicy.lastLook(schedule, now)));
        }

        public long generation() {
            return grant.tokens().generation();
        }

        public Zone zone(Now now) {
            return schedule.zone(now);
        }

        /** Is a failed refresh still resting before its next try? */
        boolean isResting(Now now) {
            return retryAt.isPresent() && !retryAt.get().isDue(now);
        }

        /**
         * What we are after a refresh ended so. The whole transition table.
         *
         * @param hasEnded is the access token of no use any more?
         * @param random uniform in [0, 1), for the back-off
         */
        Authorization after(RefreshOutcome outcome, boolean hasEnded, RefreshPolicy policy, Now now, double random) {
            if (outcome instanceof Refreshed refreshed) {
                Live renewed = fresh(refreshed.grant(), policy.schedule(refreshed.grant(), now));
                return refreshed.unsaved().map(why -> renewed.unsaved(why, now)).orElse(renewed);
            }
            if (outcome instanceof Adopted adopted) {
                return fresh(adopted.grant(), policy.schedule(adopted.grant(), now));
            }
            if (outcome instanceof Rejected rejected) {
                return refused(rejected, hasEnded, now);
            }
            if (outcome instanceof Unreachable unreachable) {
                return unreachable.isWaiting()
                        ? waiting(unreachable, now)
                        : troubled(
                                Trouble.after(trouble, unreachable, now),
                                policy.retryAt(this, unreachable.retryAfter(), now, random));
            }
            if (outcome instanceof Unanswered unanswered) {
                Deadline retry = policy.retryAfterLostAnswer(this, unanswered.resendIn(), now, random);
                return troubled(Trouble.after(trouble, unanswered, now), retry);
            }
            throw new AssertionError(outcome);
        }

        private Authorization refused(Rejected rejected, boolean hasEnded, Now now) {
            Optional<Refusal> refusal = rejected.grant().refusal();
            return refusal.filter(no -> no.leavesAccessToken() && !hasEnded)
                    .<Authorization>map(no -> last(rejected.grant(), no, schedule, now))
                    .orElseGet(() -> new NeedsLogin(
                            rejected.grant(),
                            rejected.oauthError(),
                            refusal.map(Refusal::at).orElse(now.wall())));
        }

        /** The tokens are good, but only in memory. */
        Live unsaved(String why, Now now) {
            Trouble storage = new Trouble(FailureCategory.STORAGE, why, now.wall());
            return new Live(grant, schedule, failures, Optional.of(storage), retryAt);
        }

        /** Do the tokens exist in memory only? */
        public boolean isUnsaved() {
            return failures == 0 && trouble.filter(one -> !one.isWaiting()).isPresent();
        }

        /** Is another machine refreshing it, as it should? */
        public boolean isWaiting() {
            return trouble.filter(Trouble::isWaiting).isPresent();
        }

        /** Did another machine begin to refresh it, and has it not told what came of it? */
        public boolean isLeftToAnother() {
            return trouble.filter(Trouble::isLeftToAnother).isPresent();
        }

        /** Was the refresh token refused, so that the access token serves for the last time? */
        public boolean isLast() {
            return grant.refusal().isPresent();
        }

        /** Is it unknown whether the refresh token is spent? */
        public boolean isAnswerLost() {
            return trouble.map(Trouble::answerLost).orElse(false);
        }

        /** Does it rest only because the store that machines share gave no answer? */
        boolean isHeldUpByTheStore() {
            return trouble.filter(Trouble::isOfTheStore).isPresent() && retryAt.isPresent();
        }

        Live dueAt(Now now) {
            return new Live(grant, schedule, failures, trouble, Optional.of(Deadline.in(Duration.ZERO, now)));
        }

        /** No failure, so no back-off: the other machine's turn may end, or its lease die, when it says. */
        private Live waiting(Unreachable turn, Now now) {
            Deadline look = Deadline.in(turn.retryAfter().orElse(Duration.ZERO), now);
            return new Live(
                    grant, schedule, failures, Optional.of(Trouble.after(trouble, turn, now)), Optional.of(look));
        }

        private Live troubled(Trouble next, Deadline retry) {
            return new Live(grant, schedule, failures + 1, Optional.of(next), Optional.of(retry));
        }
    }

    /** The word that status and logs carry. */
    default String word() {
        if (this instanceof NotNeeded) return "not_needed";
        if (this instanceof LoggedOut) return "logged_out";
        if (this instanceof HeldElsewhere) return "held_elsewhere";
        if (this instanceof Unreadable) return "unreadable";
        if (this instanceof NeedsLogin) return "needs_login";
        if (this instanceof Live) return "live";
        throw new AssertionError(this);
    }
}
