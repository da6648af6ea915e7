// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.ClientStore;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import java.net.URI;

/**
 * What every login of this process shares.
 *
 * @param redirectUri the one stable redirect URI, byte for byte as it is registered and sent
 */
public record LoginSetup(
        OAuthTransport transport,
        TokenVault vault,
        ClientStore clients,
        RefreshPolicy policy,
        TimeSource time,
        URI redirectUri) {}
