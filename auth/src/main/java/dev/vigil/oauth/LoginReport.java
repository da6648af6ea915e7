// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a login gave us, for a person to read. Holds no secret.
 *
 * @param account who logged in, where the server tells
 * @param scopes what was granted; empty when neither asked for nor told
 * @param accessLifetime of the access token; empty when the server did not tell
 * @param hasRefreshToken if not, a person is needed again when the access token ends
 */
public record LoginReport(
        String connector,
        String issuer,
        Optional<String> account,
        List<String> scopes,
        Optional<Duration> accessLifetime,
        boolean hasRefreshToken) {
    public LoginReport {
        scopes = List.copyOf(scopes);
    }

    static LoginReport of(Grant grant, OAuthBinding binding) {
        return new LoginReport(
                grant.connector(),
                binding.issuer(),
                binding.account(),
                binding.scopes(),
                grant.tokens().lifetime(),
                grant.tokens().refreshToken().isPresent());
    }
}
