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
     * @param asked false when no connection stood, so that the server was not troubled
     */
    record Unreachable(FailureCategory category, String reason, Optional<Duration> retryAfter, boolean asked)
            implements RefreshOutcome {
        public Unreachable(FailureCategory category, String reason, Optional<Duration> retryAfter) {
            this(category, reason, retryAfter, true);
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
     */
    record Unanswered(String reason, Optional<Duration> resendIn, boolean sentNow) implements RefreshOutcome {
        public Unanswered(String reason) {
            this(reason, Optional.empty(), true);
        }
    }

    /** The word that logs carry. */
    default String word() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
}
