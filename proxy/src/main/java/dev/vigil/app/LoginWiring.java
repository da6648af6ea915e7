// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.TimeSource;
import dev.vigil.oauth.LoginSetup;
import dev.vigil.oauth.OAuthTransport;
import dev.vigil.vault.Vault;
import java.net.URI;

/** What logins are made with, in the daemon and in commands alike. */
final class LoginWiring {
    private LoginWiring() {}

    /** @param port where the callback is listened for: the redirect URI is byte-identical in registration, request, callback */
    static LoginSetup over(
            OAuthTransport transport,
            Vault vault,
            RefreshPolicy policy,
            TimeSource time,
            int port,
            Elsewhere elsewhere) {
        return new LoginSetup(
                transport,
                vault.grants(),
                vault.clients(),
                policy,
                time,
                URI.create("http://127.0.0.1:" + port + "/oauth/callback"),
                vault.losses(),
                elsewhere,
                vault.logins());
    }
}
