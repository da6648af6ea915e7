// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import java.time.Instant;
import java.util.Optional;

/**
 * What happened to tokens, for whoever listens: log, metrics, alerts. Called on {@code token-keeper}; be quick, and do not
 * throw. Nothing here carries a secret.
 */
public interface AuthEvents {

    /** A refresh ended, well or not. */
    default void refreshed(RefreshReport report) {}

    /** A connector's authorization is another one now. Tokens merely renewed do not count. */
    default void authorizationChanged(String connector, Authorization before, Authorization after) {}

    /** New tokens could not be saved: they are served from memory, and a crash would lose them. Not told of every try. */
    default void saveFailed(SaveTrouble trouble) {}

    /** Tokens that could not be saved at first are on disk now, after so much trouble. */
    default void saved(SaveTrouble trouble) {}

    /** A cycle is completed: this connector was looked at, and no refresh of it is under way. About twice a minute. */
    default void tended(String connector) {}

    /** A stored grant cannot be read. */
    default void grantUnreadable(String connector, String reason) {}

    /** An answer was lost: the refresh token may be spent. {@code deadline} is when the access token ends. */
    default void answerLost(String connector, String reason, Optional<Instant> deadline) {}

    /**
     * A refresh token was refused after a lost answer, so the access token serves for the last time and a person has to log
     * in before it ends. Told once for each, and again after a restart.
     */
    default void loginDue(String connector, Live last) {}
}
