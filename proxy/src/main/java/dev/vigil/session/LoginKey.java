// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import java.util.Optional;

/**
 * The login that a session upstream belongs to: its account where the server tells, else the login itself. Never made from
 * a token, so that a refresh is the same login.
 */
public record LoginKey(Optional<String> account, String login) {
    /** @param grant empty for a connector that needs none */
    public static LoginKey of(Optional<Grant> grant) {
        return new LoginKey(
                grant.flatMap(Grant::oauth).flatMap(OAuthBinding::account),
                grant.map(held -> held.epoch() + "@" + held.loggedInAt()).orElse("none"));
    }

    /** Is it surely somebody else's? Where an account is not known, a new login counts as the same person's. */
    boolean isAnotherAccount(LoginKey other) {
        return account.isPresent() && other.account.isPresent() && !account.equals(other.account);
    }

    boolean isSameLogin(LoginKey other) {
        return login.equals(other.login);
    }
}
