// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** How one attempt to refresh ended. "No", "no answer" and "perhaps spent" are never the same. */
public sealed interface RefreshOutcome {

    /**
     * The server gave new tokens, and they are saved.
     *
     * @param unsaved why they could not be saved, if so: they are still the newest, and are served from memory
     */
    record Refreshed(Grant grant, Optional<String> unsaved) implements RefreshOutcome {}

    /** Somebody else had refreshed already; their tokens are ours now. */
    record Adopted(Grant grant) implements RefreshOutcome {}

    /** The server said no, for good: only a login helps. {@code grant} carries the refusal. */
    record Rejected(Grant grant, String oauthError) implements RefreshOutcome {}

    /**
     * The refresh token was not spent: it never left, or the server answered that it cannot serve now.
     *
     * @param retryAfter the server's wish; of a {@linkplain #waiting wait}, when exactly to look again
     * @param asked false when no connection stood, so that the server was not troubled
     */
    record Unreachable(FailureCategory category, String reason, Optional<Duration> retryAfter, boolean asked)
            implements RefreshOutcome {
        public Unreachable(FailureCategory category, String reason, Optional<Duration> retryAfter) {
            this(category, reason, retryAfter, true);
        }

        /** Nothing is wrong: another machine is at it, or was a moment ago. */
        public static Unreachable waiting(String reason, Duration lookAgain) {
            return new Unreachable(FailureCategory.WAITING, reason, Optional.of(lookAgain), false);
        }

        boolean isWaiting() {
            return category == FailureCategory.WAITING;
        }

        @Override
        public String word() {
            return isWaiting() ? category.word() : "unreachable";
        }

        /** There is no way to the server. */
        public static Unreachable noWay(String reason) {
            return new Unreachable(FailureCategory.NETWORK, reason, Optional.empty(), false);
        }
    }

    /**
     * Sent, now or earlier, and the answer was lost: the refresh token may be spent.
     *
     * @param resendIn when the same token may be sent once more; empty when it may not before the access token ends
     * @param sentNow false when this time nothing was sent
     * @param isElsewhere did another machine send it, which may come back with the answer?
     */
    record Unanswered(String reason, Optional<Duration> resendIn, boolean sentNow, boolean isElsewhere)
            implements RefreshOutcome {
        public Unanswered(String reason) {
            this(reason, Optional.empty(), true);
        }

        public Unanswered(String reason, Optional<Duration> resendIn, boolean sentNow) {
            this(reason, resendIn, sentNow, false);
        }

        /** Another machine sent it and has not told what came of it. */
        public static Unanswered elsewhere(String reason) {
            return new Unanswered(reason, Optional.empty(), false, true);
        }

        /** Where it was lost: on the way to the server, or with a machine that shares the login. */
        FailureCategory category() {
            return isElsewhere ? FailureCategory.SYNC : FailureCategory.NETWORK;
        }
    }

    /** The word that logs carry. */
    default String word() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
