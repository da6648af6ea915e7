// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.NetworkView;
import dev.vigil.auth.NotedLosses;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.oauth.CautiousRefresher;
import dev.vigil.oauth.OAuthRefresher;
import dev.vigil.oauth.OAuthTransport;
import dev.vigil.vault.Vault;

/** How a token is refreshed, by the daemon and by the fallback alike: the wraps, from the outside in. */
final class RefreshStack {
    private RefreshStack() {}

    static Refresher of(Vault vault, OAuthTransport transport, RefreshPolicy policy, TimeSource time) {
        return new DurableRefresher( // one process at a time, nothing lost in a crash
                vault.grants(),
                new NotedLosses( // an answer lost on the wire is no crash
                        new CautiousRefresher( // no rotating token into a network that is not there yet
                                new OAuthRefresher(transport, time), // one POST, one classification
                                transport,
                                NetworkView.system(),
                                time),
                        vault.losses()),
                policy,
                vault.issuers(),
                time);
    }
}
