// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.oauth.OAuthRefresher;
import dev.vigil.proxy.NettyOAuthTransport;
import dev.vigil.proxy.Outbound;
import dev.vigil.proxy.OutboundSettings;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Another process that shares a home with a daemon: the parts that the product refreshes with, run in this JVM, several
 * times a second, due or not.
 */
final class SecondRefresher implements AutoCloseable {
    private static final long PACE_MILLIS = 300;

    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> task;
    private final NettyOAuthTransport transport =
            new NettyOAuthTransport(Outbound.open(new OutboundSettings(Optional.empty(), Map.of())));

    /** Begins at once. */
    SecondRefresher(Path home, String connector) {
        TimeSource time = TimeSource.system();
        Vault vault = Vault.open(Home.below(home), Optional.empty());
        RefreshPolicy policy = new RefreshPolicy("second", name -> RefreshSettings.DEFAULT);
        Refresher refresher = new DurableRefresher(
                vault.grants(), new OAuthRefresher(transport, time), policy, vault.issuers(), time);
        task = pace.scheduleAtFixedRate(
                () -> refresh(vault.grants(), refresher, connector), 0, PACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void refresh(TokenVault vault, Refresher refresher, String connector) {
        RefreshOutcome outcome = refresher.refresh(vault.load(connector).orElseThrow());
        if (!(outcome instanceof RefreshOutcome.Refreshed) && !(outcome instanceof RefreshOutcome.Adopted)) {
            throw new AssertionError(outcome);
        }
    }

    /** Ends what is under way first. Fails when a refresh was neither good nor made by the other process. */
    @Override
    public void close() {
        pace.shutdown();
        try {
            if (!pace.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new AssertionError("a refresh does not end");
            }
            if (!task.isCancelled()) {
                task.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("the second refresher failed", e);
        } finally {
            transport.close();
        }
    }
}
