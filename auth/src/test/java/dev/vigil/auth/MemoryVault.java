// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A vault without a disk that keeps the port's contract: claims exclude each other, writing an intent or clearing one
 * without a claim is a bug, stamps change with each write. Faults are methods; the journal tells what happened in which
 * order.
 */
public final class MemoryVault implements TokenVault {
    private final TimeSource time;
    /** Guarded by this, like every map and set below. */
    private final Map<String, Grant> grants = new HashMap<>();

    private final Map<String, Intent> intents = new HashMap<>();
    private final Map<String, Long> stamps = new HashMap<>();
    private final Map<String, String> unreadable = new HashMap<>();
    private final Map<String, Semaphore> locks = new HashMap<>();
    private final Set<String> busyElsewhere = new HashSet<>();
    private final List<String> journal = new ArrayList<>();
    /** Guarded by this. */
    private Optional<String> diskTrouble = Optional.empty();
    /** Guarded by this. */
    private Optional<Grant> unfinished = Optional.empty();
    /** Guarded by this. */
    private long writes;

    public MemoryVault(TimeSource time) {
        this.time = time;
    }

    @Override
    public synchronized Optional<Grant> load(String connector) {
        if (unreadable.containsKey(connector)) {
            throw trouble(Kind.UNREADABLE, connector, unreadable.get(connector));
        }
        return Optional.ofNullable(grants.get(connector));
    }

    @Override
    public synchronized void save(Grant grant) {
        checkDisk(grant.connector());
        grants.put(grant.connector(), grant);
        unreadable.remove(grant.connector());
        stamps.put(grant.connector(), ++writes);
        journal.add("save " + grant.connector() + " " + grant.tokens().generation());
    }

    @Override
    public synchronized void delete(String connector) {
        checkDisk(connector);
        unreadable.remove(connector);
        if (grants.remove(connector) != null) {
            journal.add("delete " + connector);
        }
        stamps.remove(connector);
    }

    @Override
    public synchronized List<String> connectors() {
        return stamps.keySet().stream().sorted().toList();
    }

    @Override
    public synchronized Optional<String> stamp(String connector) {
        return Optional.ofNullable(stamps.get(connector)).map(String::valueOf);
    }

    @Override
    public Claim claim(String connector, Duration patience) {
        Semaphore lock = lock(connector);
        try {
            if (isBusyElsewhere(connector) || !lock.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw trouble(Kind.BUSY, connector, "another process holds the lock of " + connector);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw trouble(Kind.BUSY, connector, "interrupted while waiting for the lock of " + connector);
        }
        note("claim " + connector);
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                note("release " + connector);
                lock.release();
            }
        };
    }

    @Override
    public synchronized void writeIntent(Grant held) {
        checkClaimed(held.connector());
        checkDisk(held.connector());
        String fingerprint = held.tokens()
                .refreshToken()
                .map(token -> Integer.toHexString(token.hashCode()))
                .orElse("none");
        Intent intent = new Intent(
                held.connector(),
                held.tokens().generation(),
                fingerprint,
                time.now().wall());
        intents.put(held.connector(), intent);
        journal.add("intent " + held.connector() + " " + intent.generation());
    }

    @Override
    public synchronized void clearIntent(String connector) {
        checkClaimed(connector);
        checkDisk(connector);
        intents.remove(connector);
        journal.add("clear " + connector);
    }

    @Override
    public synchronized Optional<Intent> intent(String connector) {
        return Optional.ofNullable(intents.get(connector));
    }

    @Override
    public synchronized Optional<Grant> rescue(Grant held) {
        checkClaimed(held.connector());
        Optional<Grant> whole = unfinished.filter(left -> left.supersedes(held));
        whole.ifPresent(this::save);
        return whole;
    }

    /** Fault: a process has died between writing this grant and putting it in place. */
    public synchronized void leaveUnfinished(Grant grant) {
        unfinished = Optional.of(grant);
    }

    /** Fault: from now on the disk refuses every write, with this reason; empty heals it. */
    public synchronized void diskRefuses(Optional<String> reason) {
        diskTrouble = reason;
    }

    /** Fault: the stored grant cannot be opened, until it is saved anew or deleted. */
    public synchronized void makeUnreadable(String connector, String reason) {
        unreadable.put(connector, reason);
        stamps.put(connector, ++writes);
    }

    /** Fault: another process holds the lock, or gives it back. A claim fails at once, however patient. */
    public synchronized void busyElsewhere(String connector, boolean busy) {
        if (busy) {
            busyElsewhere.add(connector);
        } else {
            busyElsewhere.remove(connector);
        }
    }

    /** Puts a grant there as another process would: no claim, nothing in the journal. */
    public synchronized void appear(Grant grant) {
        grants.put(grant.connector(), grant);
        stamps.put(grant.connector(), ++writes);
    }

    /** What was done, in order: "claim x", "intent x 1", "save x 2", "clear x", "release x", "delete x". */
    public synchronized List<String> journal() {
        return List.copyOf(journal);
    }

    private synchronized void note(String what) {
        journal.add(what);
    }

    private synchronized Semaphore lock(String connector) {
        return locks.computeIfAbsent(connector, name -> new Semaphore(1));
    }

    private synchronized boolean isBusyElsewhere(String connector) {
        return busyElsewhere.contains(connector);
    }

    private void checkClaimed(String connector) {
        if (lock(connector).availablePermits() > 0) {
            throw new IllegalStateException("bug: " + connector + " is not claimed");
        }
    }

    private void checkDisk(String connector) {
        if (diskTrouble.isPresent()) {
            throw trouble(Kind.IO, connector, diskTrouble.get());
        }
    }

    private static VaultException trouble(Kind kind, String connector, String reason) {
        return new VaultException(kind, Path.of("grants", connector + ".sealed"), reason);
    }
}
