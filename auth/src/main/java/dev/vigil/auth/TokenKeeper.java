// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.Unreadable;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The life of a token: found in the vault, watched, refreshed ahead of its end, replaced, refused. The one owner of all
 * tokens in memory.
 *
 * <p>Threads. Everything that changes state runs on {@code loop} ({@code token-keeper}), which reads and writes files but
 * never the network. A refresh runs on {@code refreshIo}, at most one per connector, and comes home to {@code loop} to be
 * settled. {@link #look} is one volatile read and may be called anywhere; a stage that this class returns completes on
 * {@code loop}, so the receiver must go on elsewhere ({@code thenAcceptAsync}).
 */
public final class TokenKeeper implements AutoCloseable {
    /** Monotonic timers stop while a laptop sleeps, and another process may change the vault, so we look at least so often. */
    private static final Duration LONGEST_NAP = Duration.ofSeconds(30);

    private final TaskLoop loop;
    private final Executor refreshIo;
    private final TimeSource time;
    private final RefreshPolicy policy;
    private final GrantReader reader;
    private final Refresher refresher;
    private final AuthEvents events;
    private final DoubleSupplier random;

    /** What requests see: replaced as a whole on {@code loop}, read anywhere. */
    private volatile Map<String, Authorization> published = Map.of();
    /** Touched on {@code loop} only. */
    private Map<String, Connector> connectors = Map.of();
    /** Refreshes under way, at most one per connector. Touched on {@code loop} only. */
    private final Map<String, CompletableFuture<Authorization>> inFlight = new HashMap<>();
    /** Touched on {@code loop} only. */
    private final UpstreamVerdicts verdicts = new UpstreamVerdicts();
    /** The next tick. Touched on {@code loop} only. */
    private TaskLoop.Timer nap = () -> {};

    /** @param random uniform in [0, 1), for back-off; asked on {@code loop} */
    public TokenKeeper(
            TaskLoop loop,
            Executor refreshIo,
            TimeSource time,
            RefreshPolicy policy,
            TokenVault vault,
            Refresher refresher,
            AuthEvents events,
            DoubleSupplier random) {
        this.loop = loop;
        this.refreshIo = refreshIo;
        this.time = time;
        this.policy = policy;
        this.reader = new GrantReader(vault, policy, time);
        this.refresher = refresher;
        this.events = events;
        this.random = random;
    }

    /** May we speak for the user? One volatile read. A connector that is not managed is {@link LoggedOut}. */
    public Authorization look(String connector) {
        Authorization found = published.get(connector);
        return found == null ? new LoggedOut(Optional.empty()) : found;
    }

    /** Manages exactly these connectors from now on; completes when their grants have been read. */
    public CompletionStage<Void> manage(Collection<Connector> wanted) {
        return onLoop(done -> {
            connectors = wanted.stream().collect(Collectors.toUnmodifiableMap(Connector::name, one -> one));
            Map<String, Authorization> kept = new HashMap<>(published);
            kept.keySet().retainAll(connectors.keySet());
            published = Map.copyOf(kept);
            connectors.values().forEach(this::read);
            tick();
            done.complete(null);
        });
    }

    /** Looks at the vault now instead of at the next tick; completes when every change has been adopted. */
    public CompletionStage<Void> reread() {
        return CompletableFuture.runAsync(this::tick, loop);
    }

    /**
     * Waits for a token newer than {@code used}, which the upstream refused, refreshing if need be. Completes with whatever
     * holds then, which may be the same token if refreshing failed or is resting.
     */
    public CompletionStage<Authorization> newerThan(String connector, long used) {
        return onLoop(done -> {
            Authorization now = look(connector);
            boolean stale = now instanceof Live live && live.generation() <= used;
            join(connector, stale ? Trigger.UPSTREAM_401 : null, done);
        });
    }

    /** Waits for a refresh of a token that is about to end; completes at once where none is needed, or one is resting. */
    public CompletionStage<Authorization> refreshed(String connector) {
        return onLoop(done -> {
            // Whoever asked may have looked before another one's refresh was settled.
            boolean pressing = look(connector) instanceof Live live
                    && live.zone(time.now()).compareTo(Zone.EMERGENCY) >= 0;
            join(connector, pressing ? Trigger.REQUEST : null, done);
        });
    }

    /** The upstream refused a token and its replacement too; the third time in ten minutes a person is needed. */
    public CompletionStage<Authorization> refusedThoughFresh(String connector) {
        return onLoop(done -> {
            Now now = time.now();
            if (verdicts.refusedThoughFresh(connector, now) && look(connector) instanceof Live live) {
                publish(connector, new NeedsLogin(live.grant(), "rejected_though_fresh", now.wall()));
            }
            done.complete(look(connector));
        });
    }

    @Override
    public void close() {
        loop.execute(() -> nap.cancel());
        loop.close();
    }

    /** Looks at every connector once, acts, and sleeps until the earliest needs another look. */
    private void tick() {
        nap.cancel();
        Now now = time.now();
        Duration sleep = LONGEST_NAP;
        try {
            for (Connector connector : connectors.values()) {
                if (reader.hasChanged(connector)) {
                    read(connector);
                }
                sleep = Collections.min(List.of(sleep, tend(connector.name(), now)));
            }
        } finally {
            nap = loop.schedule(sleep, this::tick); // a keeper that stops looking is the one bug nobody would notice
        }
    }

    /** Refreshes if it is time; how long this connector can be left alone. */
    private Duration tend(String connector, Now now) {
        if (inFlight.containsKey(connector) || !(look(connector) instanceof Live live)) {
            return LONGEST_NAP;
        }
        Step step = policy.next(live, now);
        if (step instanceof Step.Wait wait) {
            return wait.until().left(now);
        }
        if (step instanceof Step.Refresh) {
            refresh(connector, live, Trigger.SCHEDULE);
        }
        return LONGEST_NAP; // settling a refresh ticks again
    }

    private void join(String connector, @Nullable Trigger trigger, CompletableFuture<Authorization> done) {
        CompletableFuture<Authorization> running = inFlight.get(connector);
        if (running == null && trigger != null && look(connector) instanceof Live live && !live.isResting(time.now())) {
            running = refresh(connector, live, trigger);
        }
        if (running == null) {
            done.complete(look(connector));
        } else {
            running.thenAccept(done::complete);
        }
    }

    private CompletableFuture<Authorization> refresh(String connector, Live live, Trigger trigger) {
        CompletableFuture<Authorization> settled = new CompletableFuture<>();
        inFlight.put(connector, settled);
        Now begun = time.now();
        refreshIo.execute(() -> {
            RefreshOutcome outcome = outcomeOf(live.grant());
            loop.execute(() -> settle(connector, live, trigger, begun, outcome));
        });
        return settled;
    }

    /** A bug in a refresher must not leave waiters waiting for ever. */
    private RefreshOutcome outcomeOf(Grant grant) {
        try {
            return refresher.refresh(grant);
        } catch (RuntimeException | Error e) {
            return new RefreshOutcome.Unanswered("internal error: " + e);
        }
    }

    private void settle(String connector, Live tried, Trigger trigger, Now begun, RefreshOutcome outcome) {
        Now now = time.now();
        Authorization before = look(connector);
        // A login or logout may have overtaken us: then this outcome is about a grant that nobody holds any more.
        boolean current = before instanceof Live live && !live.grant().supersedes(tried.grant());
        if (current) {
            publish(connector, tried.after(outcome, policy, now, random.getAsDouble()));
        }
        new RefreshStory(connector, tried, trigger, begun, now, outcome).tell(look(connector), events);
        Optional.ofNullable(inFlight.remove(connector)).ifPresent(waiting -> waiting.complete(look(connector)));
        tick();
    }

    private void read(Connector connector) {
        Authorization held = look(connector.name());
        try {
            publish(connector.name(), reader.read(connector, held));
        } catch (VaultException e) {
            events.grantUnreadable(connector.name(), e.getMessage());
            if (!(held instanceof Live)) { // what we hold in memory is better than nothing
                publish(connector.name(), new Unreadable(e.getMessage()));
            }
        }
    }

    private void publish(String connector, Authorization next) {
        Authorization before = look(connector);
        Map<String, Authorization> changed = new HashMap<>(published);
        changed.put(connector, next);
        published = Map.copyOf(changed);
        if (!before.word().equals(next.word())) {
            events.authorizationChanged(connector, before, next);
        }
    }

    private <T> CompletionStage<T> onLoop(Consumer<CompletableFuture<T>> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                task.accept(done);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }
}
