// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Now;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.Zone;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Has snapshots taken when they are due: after a login, where there is none, daily, and when a server says that its lists have
 * changed. One at a time, on {@code loop}, which may block; looks every two seconds, at memory only. Forgets what belonged to
 * a login that is gone.
 */
public final class SnapshotRounds implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(2);

    /** Hears of each try. Called on the loop; be quick, and do not throw. */
    public interface Told {
        void taken(String connector, String what);

        void notTaken(String connector, String reason);
    }

    private final SnapshotBook book;
    private final SnapshotTaker taker;
    private final Supplier<? extends Collection<Connector>> connectors;
    private final Function<String, Authorization> keeper;
    private final TimeSource time;
    private final Told told;
    private final TaskLoop loop;
    /** Connectors whose server has announced a change. Any thread. */
    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    /** Touched on {@code loop} only. */
    private final Map<String, TakeRule.Tried> tried = new HashMap<>();

    /**
     * @param connectors as configured now; asked on the loop
     * @param keeper may we speak for the user? Asked on the loop
     */
    public SnapshotRounds(
            SnapshotBook book,
            SnapshotTaker taker,
            Supplier<? extends Collection<Connector>> connectors,
            Function<String, Authorization> keeper,
            TimeSource time,
            Told told,
            TaskLoop loop) {
        this.book = book;
        this.taker = taker;
        this.connectors = connectors;
        this.keeper = keeper;
        this.time = time;
        this.told = told;
        this.loop = loop;
    }

    /** Begins to look. */
    public void start() {
        loop.execute(this::poll);
    }

    /** A server has said that one of its lists has changed. Returns at once; any thread. */
    public void changed(String connector) {
        announced.add(connector);
    }

    /** Ends a take that is under way, too. */
    @Override
    public void close() {
        loop.close();
    }

    private void poll() {
        try {
            look();
        } finally {
            loop.schedule(PERIOD, this::poll);
        }
    }

    /** Takes what is due, now. On the loop. */
    void look() {
        Map<String, Connector> wanted =
                connectors.get().stream().collect(Collectors.toMap(Connector::name, connector -> connector));
        book.connectors().stream().filter(name -> isGone(name, wanted)).forEach(this::forget);
        tried.keySet().retainAll(wanted.keySet());
        announced.retainAll(wanted.keySet());
        // One that hangs takes half a minute: those who never failed go first.
        wanted.values().stream().sorted(Comparator.comparingInt(this::failures)).forEach(this::tend);
    }

    private int failures(Connector connector) {
        return Optional.ofNullable(tried.get(connector.name()))
                .map(TakeRule.Tried::failures)
                .orElse(0);
    }

    private boolean isGone(String connector, Map<String, Connector> wanted) {
        return !wanted.containsKey(connector) || keeper.apply(connector) instanceof LoggedOut;
    }

    private void forget(String connector) {
        tried.remove(connector);
        try {
            book.forget(connector);
        } catch (VaultException e) {
            told.notTaken(connector, "a snapshot that is of no use any more stays: " + e.getMessage());
        }
    }

    private void tend(Connector connector) {
        Authorization authorization = keeper.apply(connector.name());
        Optional<Owner> owner = owner(connector, authorization);
        if (owner.isPresent() && maySpeak(authorization) && isDue(connector.name(), owner.get(), authorization)) {
            take(connector, owner.get(), login(authorization));
        }
    }

    private static Optional<Owner> owner(Connector connector, Authorization authorization) {
        return Owner.of(connector, authorization);
    }

    /** A token that has expired is about to be replaced; to show it would only be refused. */
    private boolean maySpeak(Authorization authorization) {
        return authorization instanceof NotNeeded
                || authorization instanceof Live live && live.zone(time.now()) != Zone.EXPIRED;
    }

    private boolean isDue(String connector, Owner owner, Authorization authorization) {
        Optional<TakeRule.Tried> last = Optional.ofNullable(tried.get(connector));
        boolean newLogin =
                last.filter(one -> !one.isAbout(owner, login(authorization))).isPresent();
        Optional<Instant> takenAt =
                book.of(owner).stream().map(Snapshot::takenAt).max(Comparator.naturalOrder());
        return TakeRule.isDue(owner, takenAt, last, newLogin, announced.contains(connector), time.now());
    }

    private static long login(Authorization authorization) {
        return authorization instanceof Live live ? live.grant().epoch() : 0;
    }

    private void take(Connector connector, Owner owner, long login) {
        String name = connector.name();
        announced.remove(name);
        SnapshotTaker.Taken taken = taker.take(connector, owner);
        if (Thread.currentThread().isInterrupted()) {
            return; // closing time
        }
        int before = Optional.ofNullable(tried.get(name))
                .filter(one -> one.isAbout(owner, login))
                .map(TakeRule.Tried::failures)
                .orElse(0);
        boolean whole = taken.isWelcome() && taken.reasons().isEmpty();
        Now now = time.now();
        tried.put(name, new TakeRule.Tried(owner, login, now, whole ? 0 : before + 1));
        if (!owner(connector, keeper.apply(name)).equals(Optional.of(owner))) {
            told.notTaken(name, "the login changed meanwhile");
        } else {
            keep(name, owner, taken);
        }
    }

    private void keep(String connector, Owner owner, SnapshotTaker.Taken taken) {
        String reasons = String.join("; ", taken.reasons());
        try {
            if (taken.isWelcome()) {
                book.replace(owner, taken.snapshots());
                told.taken(connector, Words.of(taken) + (reasons.isEmpty() ? "" : "; " + reasons));
            } else {
                told.notTaken(connector, reasons.isEmpty() ? "the server refuses both eras" : reasons);
            }
        } catch (VaultException e) {
            told.notTaken(connector, "it is in memory only: " + e.getMessage());
        }
    }
}
