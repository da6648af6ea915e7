// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.SyncRound;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's part in a bucket: brings vault and bucket together again and again, on {@code vault-sync}: when something
 * changed here, when somebody asks, and every so often, spread by a tenth so that machines do not ask in step.
 */
final class SyncLoop implements AutoCloseable {
    private static final double SPREAD = 0.1;
    /** A fresh machine serves its first call; a bucket that is down holds nobody up. */
    private static final Duration AT_START = Duration.ofSeconds(5);

    private final SharedBucket bucket;
    private final SyncHistory history;
    private final SyncLog log;
    private final DoubleSupplier random;
    private final TaskLoop loop = TaskLoop.named("vault-sync");
    /** Touched on the loop only, like below. */
    private TaskLoop.Timer next = () -> {};

    private @Nullable Supplier<List<Connector>> connectors;
    private @Nullable TokenKeeper keeper;

    private SyncLoop(SharedBucket bucket, SyncHistory history, SyncLog log, DoubleSupplier random) {
        this.bucket = bucket;
        this.history = history;
        this.log = log;
        this.random = random;
    }

    /**
     * Empty where the config names no bucket. Asks nothing of the network.
     *
     * @param random uniform in [0, 1), for the spread
     */
    static Optional<SyncLoop> open(App.Parts parts, DoubleSupplier random) {
        return parts.config().sync().map(config -> {
            SyncHistory history = SyncHistory.of(parts.vault());
            SyncLog log = new SyncLog(parts.time(), Sentences.here(), parts.log());
            SharedBucket bucket = SharedBucket.open(
                    config, parts.home(), parts.vault(), new SecretReader(parts.environment()), parts.time(), step -> {
                        history.add(step, parts.time().now().wall());
                        log.happened(step);
                    });
            return new SyncLoop(bucket, history, log, random);
        });
    }

    Refresher over(Refresher inner) {
        return bucket.sharing().over(inner);
    }

    Elsewhere elsewhere() {
        return bucket.sharing();
    }

    /** Begins, and waits a moment for the first round. */
    void start(Supplier<List<Connector>> managed, TokenKeeper told) {
        CompletableFuture<SyncRound> first = CompletableFuture.supplyAsync(
                () -> {
                    connectors = managed;
                    keeper = told;
                    return round();
                },
                loop);
        try {
            first.get(AT_START.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // It goes on, and tells.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round, as soon as the one under way is done; completes with what it did, on {@code vault-sync}. */
    CompletableFuture<SyncRound> now() {
        return CompletableFuture.supplyAsync(this::round, loop);
    }

    /** The shared key ring; empty where this machine may not write. */
    Optional<SharedKeys> keys() {
        return Optional.of(bucket.sharing().keys())
                .filter(any -> !bucket.config().readOnly());
    }

    SharedBucket bucket() {
        return bucket;
    }

    SyncHistory history() {
        return history;
    }

    private SyncRound round() {
        next.cancel();
        try {
            Optional<SyncRound> before = bucket.sharing().last();
            bucket.proveIfDue().ifPresent(log::proved);
            SyncRound round = bucket.round(connectors == null ? List.of() : connectors.get());
            history.add(round);
            log.synced(round);
            boolean isNews =
                    round.isNotable() || !before.map(SyncRound::outcome).equals(Optional.of(round.outcome()));
            if (isNews && keeper != null) {
                keeper.reread();
                if (round.isRecoveryAfter(before)) {
                    keeper.storeAnswers();
                }
            }
            return round;
        } finally {
            next = loop.schedule(pause(), this::round);
        }
    }

    private Duration pause() {
        double factor = 1 + SPREAD * (2 * random.getAsDouble() - 1);
        return Duration.ofMillis(Math.round(bucket.config().every().toMillis() * factor));
    }

    @Override
    public void close() {
        loop.execute(() -> next.cancel());
        loop.close();
        history.flush();
        bucket.close();
    }
}
