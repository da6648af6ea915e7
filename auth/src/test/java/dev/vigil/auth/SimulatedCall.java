// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A request as the proxy's {@code Exchange} treats it, but for the bytes: which token it carries, and what comes of it. */
public final class SimulatedCall {
    private static final Duration EMERGENCY_PATIENCE = Duration.ofSeconds(5);
    private static final Duration EXPIRED_PATIENCE = Duration.ofSeconds(10);

    /** How a call may end: the upstream's answer, or one of ours in its place. */
    public interface Caller {
        void served();

        void skipped(String why);
    }

    private final SimulatedDaemon daemon;
    private final TimeSource time;
    private final String connector;
    private final Predicate<String> upstreamAccepts;
    private final Caller caller;
    private boolean renewed;

    /** @param upstreamAccepts does the MCP server take this access token now? */
    public SimulatedCall(
            SimulatedDaemon daemon,
            TimeSource time,
            String connector,
            Predicate<String> upstreamAccepts,
            Caller caller) {
        this.daemon = daemon;
        this.time = time;
        this.connector = connector;
        this.upstreamAccepts = upstreamAccepts;
        this.caller = caller;
    }

    public void begin() {
        Authorization now = daemon.keeper().look(connector);
        Zone zone = now instanceof Live live ? live.zone(time.now()) : Zone.FRESH;
        if (zone == Zone.EXPIRED) {
            join(daemon.keeper().refreshed(connector), EXPIRED_PATIENCE, this::sendIfWeMay);
        } else if (zone == Zone.EMERGENCY) {
            join(daemon.keeper().refreshed(connector), EMERGENCY_PATIENCE, this::sendIfWeMay);
        } else {
            sendIfWeMay(now);
        }
    }

    private void sendIfWeMay(Authorization now) {
        if (now instanceof Live live && !isExpired(live)) {
            send(live);
        } else if (now instanceof Live) {
            tryExpired();
        } else {
            caller.skipped(now.word());
        }
    }

    /** Nobody could renew it. Our clock may be the one that is wrong, so now and then it is shown all the same. */
    private void tryExpired() {
        CompletableFuture<Boolean> mayTry = daemon.mayTryExpired(connector).toCompletableFuture();
        join(mayTry, EMERGENCY_PATIENCE, now -> {
            if (now instanceof Live live && (mayTry.getNow(false) || !isExpired(live))) {
                send(live);
            } else {
                caller.skipped("expired, " + now.word());
            }
        });
    }

    private boolean isExpired(Live live) {
        return live.zone(time.now()) == Zone.EXPIRED;
    }

    private void send(Live live) {
        boolean triesExpired = isExpired(live);
        if (upstreamAccepts.test(live.grant().tokens().accessToken().reveal())) {
            if (triesExpired) {
                daemon.expiredAccepted(connector, live.generation());
            }
            caller.served();
        } else if (renewed) {
            join(
                    daemon.refusedThoughFresh(connector),
                    EMERGENCY_PATIENCE,
                    settled -> caller.skipped("refused though fresh"));
        } else {
            renew(live.generation());
        }
    }

    private void renew(long used) {
        renewed = true;
        join(daemon.keeper().newerThan(connector, used), EXPIRED_PATIENCE, settled -> {
            if (settled instanceof Live live && live.generation() > used) {
                send(live);
            } else {
                caller.skipped("not renewed, " + settled.word());
            }
        });
    }

    /** Waits for the keeper, but no longer than {@code limit}, and goes on with what holds then. */
    private void join(CompletionStage<?> wanted, Duration limit, Consumer<Authorization> goOn) {
        Patience patience = new Patience(() -> goOn.accept(daemon.keeper().look(connector)));
        TaskLoop.Timer timer = daemon.loop().schedule(limit, patience::end);
        wanted.whenCompleteAsync(
                (result, failure) -> {
                    timer.cancel();
                    patience.end();
                },
                daemon.loop());
    }

    /** Goes on once. */
    private static final class Patience {
        private final Runnable goOn;
        private boolean over;

        Patience(Runnable goOn) {
            this.goOn = goOn;
        }

        void end() {
            if (!over) {
                over = true;
                goOn.run();
            }
        }
    }
}
