// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.oauth.CautiousRefresher;
import dev.vigil.oauth.OAuthRefresher;
import dev.vigil.oauth.OAuthTransport;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;

/** One process: the real stack, wired as the daemon wires it, on a loop that dies with it. */
public final class SimulatedDaemon {
    /**
     * What a process finds around it.
     *
     * @param sharing what wraps the refresher of this machine alone
     */
    public record Outside(
            Timeline time,
            String machine,
            TokenVault vault,
            IssuerBook issuers,
            OAuthTransport wire,
            Executor refreshIo,
            AuthEvents events,
            DoubleSupplier random,
            Elsewhere elsewhere,
            UnaryOperator<Refresher> sharing) {}

    private final Outside outside;
    private final TokenKeeper keeper;
    private boolean alive = true;

    public SimulatedDaemon(Outside outside, Collection<Connector> connectors) {
        this.outside = outside;
        keeper = wired();
        keeper.manage(connectors);
    }

    private TokenKeeper wired() {
        RefreshPolicy policy = new RefreshPolicy(outside.machine, name -> RefreshSettings.DEFAULT);
        Refresher overOAuth = new CautiousRefresher(
                new OAuthRefresher(outside.wire, outside.time), outside.wire, () -> "home", outside.time);
        return new TokenKeeper(
                loop(),
                outside.refreshIo,
                outside.time,
                policy,
                new GrantReader(outside.vault, policy, outside.time, outside.elsewhere),
                outside.sharing.apply(
                        new DurableRefresher(outside.vault, overOAuth, policy, outside.issuers, outside.time)),
                outside.events,
                outside.random);
    }

    public TokenKeeper keeper() {
        return keeper;
    }

    CompletionStage<Boolean> mayTryExpired(String connector) {
        return keeper.upstream().mayTryExpired(connector);
    }

    void expiredAccepted(String connector, long generation) {
        keeper.upstream().expiredAccepted(connector, generation);
    }

    CompletionStage<Authorization> refusedThoughFresh(String connector) {
        return keeper.upstream().refusedThoughFresh(connector);
    }

    /** No task of this process runs from now on. */
    public void die() {
        alive = false;
    }

    public TaskLoop loop() {
        return new TaskLoop() {
            @Override
            public void execute(Runnable task) {
                outside.time.execute(() -> ifAlive(task));
            }

            @Override
            public Timer schedule(Duration delay, Runnable task) {
                return outside.time.schedule(delay, () -> ifAlive(task));
            }

            @Override
            public void close() {
                alive = false;
            }
        };
    }

    private void ifAlive(Runnable task) {
        try {
            if (alive) {
                task.run();
            }
        } catch (Turns.Killed e) {
            // the process died in this very step
        }
    }
}
