// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Grants;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Connectors and the accounts that use them, for tests. */
final class Owners {
    static final Instant LOGIN = Instant.parse("2026-11-20T08:00:00Z");
    static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);
    static final Connector DOCS = open("docs");

    private Owners() {}

    /** One that wants no login. */
    static Connector open(String name) {
        return new Connector(
                name,
                Grants.SERVER,
                GrantKind.NONE,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
    }

    static Grant login(long epoch, Instant at) {
        return Grants.of("notion", epoch, 1, at, Optional.of(Duration.ofHours(1)), Optional.empty());
    }

    static Grant loginOf(String account, long epoch, Instant at) {
        Grant grant = login(epoch, at);
        OAuthBinding known = grant.oauth().orElseThrow();
        OAuthBinding named = new OAuthBinding(
                known.issuer(),
                known.tokenEndpoint(),
                known.revocationEndpoint(),
                known.resource(),
                known.client(),
                Optional.of(account),
                known.scopes(),
                known.introspectionEndpoint());
        return new Grant(
                grant.connector(), grant.server(), epoch, at, Optional.of(named), grant.tokens(), Optional.empty());
    }

    static Authorization dead(Grant grant) {
        return new Authorization.NeedsLogin(grant, "invalid_grant", LOGIN);
    }

    static Owner of(Grant grant) {
        return Owner.of(NOTION, Optional.of(grant));
    }
}
