// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.ClientStore;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import java.net.URI;
import java.util.function.Consumer;

/**
 * What every login of this process shares.
 *
 * @param redirectUri the one stable redirect URI, byte for byte as it is registered and sent
 * @param losses tells whether an answer was lost on the wire, or by a crash
 * @param elsewhere tells which logins other machines know of
 * @param counted hears of each login by a person once it is saved, on the thread that saved it; must not throw
 */
public record LoginSetup(
        OAuthTransport transport,
        TokenVault vault,
        ClientStore clients,
        RefreshPolicy policy,
        TimeSource time,
        URI redirectUri,
        LossBook losses,
        Elsewhere elsewhere,
        Consumer<PersonLogin> counted) {}
