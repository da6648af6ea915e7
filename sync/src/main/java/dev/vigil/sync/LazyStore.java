// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.StoreException.Kind;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that is opened when it is first needed, and again where that failed: a folder that is not mounted, or a secret
 * that cannot be had just now, is an outage of the bucket and no reason not to start.
 */
public final class LazyStore implements ProbedStore, ForwardingStore {
    private final String place;
    private final Supplier<ProbedStore> opening;
    /** Guarded by this. */
    private @Nullable ProbedStore opened;

    /**
     * @param place which bucket, for messages
     * @param opening may throw whatever it likes, with a message for a person
     */
    public LazyStore(String place, Supplier<ProbedStore> opening) {
        this.place = place;
        this.opening = opening;
    }

    private synchronized ProbedStore store() {
        if (opened == null) {
            try {
                opened = opening.get();
            } catch (StoreException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new StoreException(Kind.FORBIDDEN, false, place + " cannot be opened: " + e.getMessage(), e);
            }
        }
        return opened;
    }

    @Override
    public ObjectStore reading() {
        return store();
    }

    @Override
    public ObjectStore writing() {
        return store();
    }

    @Override
    public Versioning versioning() {
        return store().versioning();
    }

    @Override
    public Openness openness(String key) {
        return store().openness(key);
    }

    @Override
    public ProbedStore speaking(EtagStyle style) {
        return store().speaking(style);
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public String toString() {
        return place;
    }
}
