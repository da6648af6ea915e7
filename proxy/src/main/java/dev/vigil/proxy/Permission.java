// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Zone;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * May an exchange speak for the user now? Waits a little for a token that is about to end, longer for one that has ended,
 * and gives up in time. On the client's event loop only.
 *
 * @param isOver has the exchange ended meanwhile? Then nothing goes on
 */
record Permission(ProxyParts parts, Connector connector, EventLoop loop, BooleanSupplier isOver) {
    /** A token that still works is used after this, refreshed or not. */
    static final Duration EMERGENCY_PATIENCE = Duration.ofSeconds(5);
    /** Without a token that works there is nothing to send; clients give up after 30 s at the earliest. */
    static final Duration EXPIRED_PATIENCE = Duration.ofSeconds(10);

    /** Who asked for permission. */
    interface Asker {
        /** Speak so: {@link NotNeeded} or {@link Live}. */
        void granted(Authorization authorization);

        void denied(Authorization authorization);
    }

    void ask(Asker asker) {
        Authorization held = parts.keeper().look(connector.name());
        Zone zone = zone(held);
        if (zone == Zone.EXPIRED) {
            join(parts.keeper().refreshed(connector.name()), EXPIRED_PATIENCE, now -> judge(now, asker));
        } else if (zone == Zone.EMERGENCY) {
            join(parts.keeper().refreshed(connector.name()), EMERGENCY_PATIENCE, now -> judge(now, asker));
        } else {
            judge(held, asker);
        }
    }

    /** Waits for the keeper, but no longer than {@code limit}, and goes on with what holds then. */
    void join(CompletionStage<?> wanted, Duration limit, Consumer<Authorization> goOn) {
        Patience.await(loop, wanted, limit, () -> {
            if (!isOver.getAsBoolean()) {
                goOn.accept(parts.keeper().look(connector.name()));
            }
        });
    }

    private void judge(Authorization held, Asker asker) {
        if (held instanceof NotNeeded || held instanceof Live && zone(held) != Zone.EXPIRED) {
            asker.granted(held);
        } else if (held instanceof Live) {
            tryExpired(asker);
        } else {
            asker.denied(held);
        }
    }

    /** Nobody could renew it. Our clock may be the one that is wrong, so now and then it is shown all the same. */
    private void tryExpired(Asker asker) {
        CompletableFuture<Boolean> mayTry =
                parts.keeper().upstream().mayTryExpired(connector.name()).toCompletableFuture();
        join(mayTry, EMERGENCY_PATIENCE, held -> {
            if (held instanceof Live && (mayTry.getNow(false) || zone(held) != Zone.EXPIRED)) {
                asker.granted(held);
            } else {
                asker.denied(held);
            }
        });
    }

    private Zone zone(Authorization held) {
        return held instanceof Live live ? live.zone(parts.time().now()) : Zone.FRESH;
    }
}
