// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.RefreshReport;
import org.jspecify.annotations.Nullable;

/** Tells the proxy when a connector can be used again, so that clients hear of it at once. */
public final class Recovery implements AuthEvents {
    private volatile @Nullable ProxyServer proxy;

    /** Whom to tell from now on; any thread. */
    public void tell(ProxyServer server) {
        proxy = server;
    }

    @Override
    public void authorizationChanged(String connector, Authorization before, Authorization after) {
        if (after instanceof Live || after instanceof NotNeeded) {
            tell(connector);
        }
    }

    @Override
    public void refreshed(RefreshReport report) {
        if (report.outcome().equals("refreshed") || report.outcome().equals("adopted")) {
            tell(report.connector());
        }
    }

    private void tell(String connector) {
        ProxyServer told = proxy;
        if (told != null) {
            told.recovered(connector);
        }
    }
}
