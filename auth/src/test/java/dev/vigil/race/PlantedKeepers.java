// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Keepers that are almost right: each has one race, of the kind that a change to the real one could bring in. */
final class PlantedKeepers {
    private PlantedKeepers() {}

    /** What they have in common, and what is right: the refresh runs beside the loop and is settled on it. */
    private abstract static class Almost implements SingleFlight {
        final TaskLoop loop;
        private final Executor refreshIo;
        private final Refresher wire;
        volatile Grant held;

        Almost(TaskLoop loop, Executor refreshIo, Refresher wire, Grant held) {
            this.loop = loop;
            this.refreshIo = refreshIo;
            this.wire = wire;
            this.held = held;
        }

        @Override
        public Grant look() {
            return held;
        }

        abstract void settled();

        void refresh() {
            Grant spent = held;
            refreshIo.execute(() -> {
                if (wire.refresh(spent) instanceof Refreshed refreshed) {
                    loop.execute(() -> {
                        publish(refreshed.grant());
                        settled();
                    });
                }
            });
        }

        void publish(Grant renewed) {
            held = renewed;
        }

        boolean isNewerThan(long used) {
            return held.tokens().generation() > used;
        }
    }

    /** Looks for a refresh under way on the caller's thread and begins one on the loop: two callers begin two. */
    static final class Eager extends Almost {
        private volatile @Nullable CompletableFuture<Grant> running;

        Eager(TaskLoop loop, Executor refreshIo, Refresher wire, Grant held) {
            super(loop, refreshIo, wire, held);
        }

        @Override
        public CompletionStage<Grant> newerThan(long used) {
            if (isNewerThan(used)) {
                return CompletableFuture.completedFuture(held);
            }
            CompletableFuture<Grant> joined = running;
            if (joined != null) {
                return joined;
            }
            CompletableFuture<Grant> mine = new CompletableFuture<>();
            loop.execute(() -> {
                running = mine;
                refresh();
            });
            return mine;
        }

        @Override
        void settled() {
            CompletableFuture<Grant> waiting = running;
            running = null;
            if (waiting != null) {
                waiting.complete(held);
            }
        }
    }

    /** Decides on the loop to wait, and takes its place among the waiters later: by then they may have been called. */
    static final class Forgetful extends Almost {
        /** Guarded by itself. */
        private final List<CompletableFuture<Grant>> waiters = new ArrayList<>();
        /** Touched on the loop only. */
        private boolean refreshing;

        Forgetful(TaskLoop loop, Executor refreshIo, Refresher wire, Grant held) {
            super(loop, refreshIo, wire, held);
        }

        @Override
        public CompletionStage<Grant> newerThan(long used) {
            CompletableFuture<Grant> done = new CompletableFuture<>();
            loop.execute(() -> {
                if (isNewerThan(used)) {
                    done.complete(held);
                } else if (!refreshing) {
                    refreshing = true;
                    refresh();
                }
            });
            if (!done.isDone()) {
                synchronized (waiters) {
                    waiters.add(done);
                }
            }
            return done;
        }

        @Override
        void settled() {
            refreshing = false;
            synchronized (waiters) {
                waiters.forEach(waiter -> waiter.complete(held));
                waiters.clear();
            }
        }
    }

    /** Publishes in two steps, first the number and then the token: who looks in between sees the old one as the new. */
    static final class Torn extends Almost {
        private final CompletableFuture<Grant> settled = new CompletableFuture<>();

        Torn(TaskLoop loop, Executor refreshIo, Refresher wire, Grant held) {
            super(loop, refreshIo, wire, held);
        }

        @Override
        public CompletionStage<Grant> newerThan(long used) {
            loop.execute(this::refresh);
            return settled;
        }

        @Override
        void publish(Grant renewed) {
            TokenSet next = renewed.tokens();
            super.publish(renewed.withTokens(new TokenSet(
                    look().tokens().accessToken(),
                    next.refreshToken(),
                    next.obtainedAt(),
                    next.expiresAt(),
                    next.refreshAt(),
                    next.source(),
                    next.generation(),
                    next.lastSync())));
            super.publish(renewed);
        }

        @Override
        void settled() {
            settled.complete(held);
        }
    }
}
