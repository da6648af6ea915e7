// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Refresher.Terms;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

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

    private final Published published;
    /** Touched on {@code loop} only, like all below. */
    private Map<String, Connector> connectors = Map.of();

    private final Flights flights;
    private final UpstreamVerdicts upstream;
    private final Pace pace = new Pace();
    private final UnsavedGrants unsaved;
    private TaskLoop.Timer nap = () -> {};

    /** @param random uniform in [0, 1), for back-off; asked on {@code loop} */
    public TokenKeeper(
            TaskLoop loop,
            Executor refreshIo,
            TimeSource time,
            RefreshPolicy policy,
            GrantReader reader,
            Refresher refresher,
            AuthEvents events,
            DoubleSupplier random) {
        this.loop = loop;
        this.refreshIo = refreshIo;
        this.time = time;
        this.policy = policy;
        this.reader = reader;
        this.refresher = refresher;
        this.events = events;
        this.random = random;
        this.published = new Published(events);
        this.flights = new Flights(loop, refreshIo);
        this.unsaved = new UnsavedGrants(this, loop, refreshIo, refresher, events, time);
        this.upstream = new UpstreamVerdicts(this, loop, time);
    }

    /** May we speak for the user? One volatile read. A connector that is not managed is {@link LoggedOut}. */
    public Authorization look(String connector) {
        return published.look(connector);
    }

    /** Manages exactly these connectors from now on; completes when their grants have been read. */
    public CompletionStage<Void> manage(Collection<Connector> wanted) {
        Runnable task = () -> {
            connectors = new TreeMap<>(wanted.stream().collect(Collectors.toMap(Connector::name, one -> one)));
            published.keepOnly(connectors.keySet());
            connectors.values().forEach(this::read);
            tick();
        };
        return CompletableFuture.runAsync(task, loop);
    }

    /** Looks at the vault now instead of at the next tick; completes when every change has been adopted. */
    public CompletionStage<Void> reread() {
        return CompletableFuture.runAsync(this::tick, loop);
    }

    /** The store that machines share answers again: what rests because it did not is tried now. Returns at once. */
    public void storeAnswers() {
        loop.execute(() -> {
            for (String connector : connectors.keySet()) {
                if (look(connector) instanceof Live live && live.isHeldUpByTheStore()) {
                    published.replace(connector, live.dueAt(time.now()));
                }
            }
            tick();
        });
    }

    /**
     * Waits for a token newer than {@code used}, which the upstream refused, refreshing if need be. Completes with whatever
     * holds then, which may be the same token if refreshing failed or is resting.
     */
    public CompletionStage<Authorization> newerThan(String connector, long used) {
        return joined(connector, () -> {
            upstream.refused(connector, used);
            if (look(connector) instanceof Live live && live.generation() <= used) {
                ask(connector, Trigger.UPSTREAM_401);
            }
        });
    }

    /** Waits for a refresh of a token that is about to end; completes at once where none is needed, or one is resting. */
    public CompletionStage<Authorization> refreshed(String connector) {
        return joined(connector, () -> {
            // Whoever asked may have looked before another one's refresh was settled.
            if (look(connector) instanceof Live live && live.zone(time.now()).compareTo(Zone.EMERGENCY) >= 0) {
                ask(connector, Trigger.REQUEST);
            }
        });
    }

    /** Where upstreams are heard. */
    public UpstreamVerdicts upstream() {
        return upstream;
    }

    /** Nothing but a login helps any more. Survives a restart. On {@code loop}. */
    void giveUp(String connector, Live live, String reason) {
        Grant refused = live.grant().refused(new Refusal(reason, time.now().wall()));
        published.replace(connector, new NeedsLogin(refused, reason, time.now().wall()));
        refreshIo.execute(() -> refresher.giveUp(refused));
    }

    @Override
    public void close() {
        loop.execute(() -> nap.cancel());
        loop.close();
    }

    /** Looks at every connector once, acts, and sleeps until the earliest needs another look. */
    private void tick() {
        nap.cancel();
        Now now = pace.look(time.now());
        Duration sleep = LONGEST_NAP;
        try {
            for (Connector connector : connectors.values()) {
                if (reader.hasChanged(connector) || reader.isStale(connector, look(connector.name()))) {
                    read(connector);
                }
                sleep = Collections.min(
                        List.of(sleep, tend(connector.name(), now), unsaved.tend(connector.name(), now)));
            }
        } finally {
            nap = loop.schedule(sleep, this::tick); // a keeper that stops looking is the one bug nobody would notice
        }
    }

    /** Refreshes if it is time; how long this connector can be left alone. */
    private Duration tend(String connector, Now now) {
        if (flights.of(connector).isPresent()) {
            return LONGEST_NAP; // not a completed cycle: a refresh that hangs must show
        }
        events.tended(connector);
        if (!(look(connector) instanceof Live live)) {
            return LONGEST_NAP;
        }
        Step step = policy.next(live, now);
        if (step instanceof Step.Wait wait) {
            return wait.until().left(now);
        }
        Duration held = pace.heldBack(live, now);
        if (step instanceof Step.Refresh && held.isZero()) {
            refresh(connector, live, Trigger.SCHEDULE);
        }
        return held.isZero() ? LONGEST_NAP : held; // settling a refresh ticks again
    }

    /** Begins a refresh, unless one is under way or none may begin now. On {@code loop}. */
    void ask(String connector, Trigger trigger) {
        if (flights.of(connector).isEmpty()
                && look(connector) instanceof Live live
                && pace.mayAsk(live, trigger, time.now())) {
            refresh(connector, live, trigger);
        }
    }

    private void refresh(String connector, Live live, Trigger trigger) {
        Now begun = pace.begun(live, time.now());
        Terms terms = Terms.of(upstream.hasEnded(live, begun));
        flights.begin(
                connector,
                pace.rest(begun),
                () -> refresher.refresh(live.grant(), terms),
                outcome -> settle(connector, live, trigger, begun, outcome));
    }

    private void settle(String connector, Live tried, Trigger trigger, Now begun, RefreshOutcome outcome) {
        Now now = pace.ended(tried, outcome, time.now());
        RefreshStory story = new RefreshStory(connector, tried, trigger, begun, now, outcome);
        story.alarm(events);
        // A login or logout may have overtaken us: then this outcome is about a grant that nobody holds any more.
        if (look(connector) instanceof Live live && !live.grant().supersedes(tried.grant())) {
            published.replace(
                    connector, tried.after(outcome, upstream.hasEnded(tried, now), policy, now, random.getAsDouble()));
            unsaved.after(outcome, now);
        }
        story.tell(look(connector), events);
        flights.landed(connector, look(connector));
        tick();
    }

    /** These tokens were in memory only, and are on disk now. On {@code loop}. */
    void saved(Grant grant) {
        if (look(grant.connector()) instanceof Live live && live.grant().equals(grant)) {
            published.replace(grant.connector(), Live.fresh(grant, live.schedule()));
        }
    }

    private void read(Connector connector) {
        published.replace(connector.name(), reader.reread(connector, look(connector.name()), events));
    }

    /** Runs the task on {@code loop}; completes when no refresh of this connector is under way any more. */
    private CompletionStage<Authorization> joined(String connector, Runnable task) {
        CompletableFuture<Authorization> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                task.run();
                flights.join(connector, done, look(connector));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }
}
