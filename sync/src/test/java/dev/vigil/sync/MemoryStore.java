// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.StoreException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store without a network that keeps the port's contract. Faults are methods. */
public final class MemoryStore implements ObjectStore {
    /** Guarded by this, like all below. */
    private final Map<String, Stored> objects = new TreeMap<>();

    private final List<String> writes = new ArrayList<>();
    private long version;
    private int requests;
    private boolean down;
    private boolean losesNextAnswer;

    @Override
    public synchronized Optional<Stored> get(String key) {
        checkUp();
        return Optional.ofNullable(objects.get(key));
    }

    @Override
    public Fetched getIfChanged(String key, Version known) {
        Optional<Stored> found = get(key);
        if (found.isEmpty()) return new Absent();
        return found.get().version().equals(known) ? new Unchanged() : found.get();
    }

    @Override
    public synchronized List<Entry> list(String prefix) {
        checkUp();
        return objects.entrySet().stream()
                .filter(one -> one.getKey().startsWith(prefix))
                .map(one -> new Entry(
                        one.getKey(), one.getValue().version(), one.getValue().content().length, Instant.EPOCH))
                .toList();
    }

    @Override
    public synchronized void delete(String key) {
        checkUp();
        objects.remove(key);
    }

    @Override
    public void close() {}

    /** What a store says that gave no clear answer. */
    public static StoreException trouble(Kind kind, boolean mayHaveBeenApplied) {
        return new StoreException(kind, mayHaveBeenApplied, "the bucket gives no answer (" + kind + ")");
    }

    /** Fault: nobody answers, until it is mended. */
    synchronized void down(boolean isDown) {
        down = isDown;
    }

    /** Fault: the next write is done, and nobody hears of it. */
    synchronized void loseNextAnswer() {
        losesNextAnswer = true;
    }

    /** Everything as it stands, to be brought back later by somebody who may write to the bucket. */
    synchronized Map<String, Stored> copy() {
        return new TreeMap<>(objects);
    }

    /** Brings back what stood there once, as whoever owns the bucket can. */
    synchronized void restore(Map<String, Stored> then) {
        objects.clear();
        objects.putAll(then);
    }

    /** Writes past every rule. */
    synchronized void plant(String key, byte[] content) {
        objects.put(key, new Stored(content, new Version("planted" + ++version)));
    }

    /** So many so far, of all kinds. */
    synchronized int requests() {
        return requests;
    }

    /** Names of what was written, in order. */
    synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    @Override
    public synchronized PutOutcome put(String key, byte[] content, Optional<Version> over) {
        checkUp();
        Optional<Version> standing = Optional.ofNullable(objects.get(key)).map(Stored::version);
        if (!standing.equals(over)) {
            return new Lost("412");
        }
        Stored next = new Stored(content.clone(), new Version("v" + ++version));
        objects.put(key, next);
        writes.add(key);
        if (losesNextAnswer) {
            losesNextAnswer = false;
            throw new StoreException(Kind.TIMED_OUT, true, "memory: no answer");
        }
        return new Written(next.version());
    }

    private void checkUp() {
        requests++;
        if (down) {
            throw new StoreException(Kind.UNREACHABLE, false, "the bucket does not answer");
        }
    }
}
