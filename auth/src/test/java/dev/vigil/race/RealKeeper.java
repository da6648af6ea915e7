// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantReader;
import dev.vigil.auth.Grants;
import dev.vigil.auth.MemoryIssuers;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.auth.TokenVault;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The product's own {@link TokenKeeper} and {@link DurableRefresher}, put together as the daemon does it. */
final class RealKeeper implements SingleFlight {
    /** Made here and not in a scenario: its name is checked with a regular expression, see {@link Interleavings}. */
    private static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);

    private static final RefreshPolicy POLICY = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);

    private final TokenKeeper keeper;

    RealKeeper(TaskLoop loop, Executor refreshIo, TimeSource time, TokenVault vault, Refresher refresher) {
        keeper = new TokenKeeper(
                loop,
                refreshIo,
                time,
                POLICY,
                new GrantReader(vault, POLICY, time, Elsewhere.NOWHERE),
                refresher,
                new AuthEvents() {},
                () -> 0.5);
    }

    /** One process's way to a new token. */
    static Refresher durable(TokenVault vault, Refresher wire, TimeSource time) {
        return new DurableRefresher(vault, wire, POLICY, new MemoryIssuers(), time);
    }

    /** Completes when the stored grant has been read. */
    CompletionStage<Void> begin() {
        return keeper.manage(List.of(NOTION));
    }

    /** Completes when what others have stored has been adopted. */
    CompletionStage<Void> reread() {
        return keeper.reread();
    }

    @Override
    public CompletionStage<Grant> newerThan(long used) {
        return keeper.newerThan("notion", used).thenApply(RealKeeper::grant);
    }

    @Override
    public Grant look() {
        return grant(keeper.look("notion"));
    }

    void close() {
        keeper.close();
    }

    private static Grant grant(Authorization now) {
        if (now instanceof Live live) {
            return live.grant();
        }
        throw new IllegalStateException("nothing to send: " + now.word());
    }
}
