// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.TokenKeeper;
import dev.vigil.snapshot.Wire;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The taker's way to a server: the same connections, header rules and judgement of answers as the requests of clients. The
 * caller's thread blocks; the work is done on one thread of its own, {@code snapshot-io}, which therefore may not call.
 */
public final class SnapshotWire implements Wire, AutoCloseable {
    private static final Optional<String> CLOSING = Optional.of("Vigil is shutting down");

    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("snapshot-io", true), NioIoHandler.newFactory());
    private final EventLoop loop = threads.next();
    private final TokenKeeper keeper;
    private final UpstreamConnections connections;
    private final Detours detours = new Detours();

    public SnapshotWire(Outbound outbound, TokenKeeper keeper) {
        this.keeper = keeper;
        this.connections = new UpstreamConnections(outbound);
    }

    @Override
    public Optional<String> send(Call call, Ear ear, Duration limit) {
        try {
            SnapshotCall one = new SnapshotCall(keeper, connections, detours, loop, call, ear);
            loop.execute(() -> one.begin(limit));
            return await(one, limit);
        } catch (RejectedExecutionException closed) {
            return CLOSING;
        }
    }

    @Override
    public Stream listen(Call call, Ear ear, Duration limit) {
        SnapshotCall one = new SnapshotCall(keeper, connections, detours, loop, call, ear);
        one.end().thenAccept(ear::end);
        try {
            loop.execute(() -> one.begin(limit));
        } catch (RejectedExecutionException closed) {
            ear.end(CLOSING);
        }
        return () -> {
            if (!loop.isShuttingDown()) {
                loop.execute(one::giveUp);
            }
        };
    }

    private Optional<String> await(SnapshotCall one, Duration limit) {
        CompletableFuture<Optional<String>> end = one.end();
        // Only a loop that has died or was closed lets this pass.
        end.completeOnTimeout(CLOSING, limit.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        try {
            return end.get();
        } catch (InterruptedException stop) {
            loop.execute(one::giveUp);
            Thread.currentThread().interrupt();
            return CLOSING;
        } catch (ExecutionException bug) {
            throw new AssertionError(bug);
        }
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
