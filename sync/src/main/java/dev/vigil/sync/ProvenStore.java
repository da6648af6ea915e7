// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.StoreException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets nothing through to a bucket whose conditional writes were not proved ({@link BucketProbe}), and no write to one that
 * these credentials may only read.
 *
 * @param verdict the newest one, asked at each call; empty while nobody has probed
 */
public record ProvenStore(ObjectStore store, Supplier<Optional<ProbeVerdict>> verdict) implements ObjectStore {

    @Override
    public Optional<Stored> get(String key) {
        return read().get(key);
    }

    @Override
    public Fetched getIfChanged(String key, Version known) {
        return read().getIfChanged(key, known);
    }

    @Override
    public List<Entry> list(String prefix) {
        return read().list(prefix);
    }

    @Override
    public PutOutcome putIfAbsent(String key, byte[] content) {
        return written().putIfAbsent(key, content);
    }

    @Override
    public PutOutcome putIf(String key, byte[] content, Version expected) {
        return written().putIf(key, content, expected);
    }

    @Override
    public void delete(String key) {
        written().delete(key);
    }

    @Override
    public void close() {
        store.close();
    }

    private ObjectStore read() {
        ProbeVerdict known = verdict.get()
                .orElseThrow(() -> refused("nobody has found out yet whether it is fit. Run: vigil sync init"));
        if (known.outcome() == Outcome.REFUSED) {
            throw refused(known.reason());
        }
        return store;
    }

    private ObjectStore written() {
        ObjectStore open = read();
        if (verdict.get().filter(ProbeVerdict::isAccepted).isEmpty()) {
            throw refused("these credentials may only read it");
        }
        return open;
    }

    private StoreException refused(String why) {
        return new StoreException(Kind.REFUSED, false, "the bucket is not used: " + why);
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
