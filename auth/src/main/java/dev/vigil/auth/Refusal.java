// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * A proven no from the authorization server, or our own word where a login is over without one: kept with the grant, so
 * that a restart does not ask again.
 *
 * @param oauthError as the server said it, or {@code key_refused}, {@code no_refresh_token}, {@code rejected_though_fresh}
 * @param unansweredAt when the refresh token that was refused had been sent before, without an answer; empty for one that
 *     was sent for the first time
 */
public record Refusal(String oauthError, Instant at, Optional<Instant> unansweredAt) {

    public Refusal(String oauthError, Instant at) {
        this(oauthError, at, Optional.empty());
    }

    /** May the access token be good all the same? A server that refuses a token that it has seen spent did not revoke it. */
    boolean leavesAccessToken() {
        return unansweredAt.isPresent();
    }
}
