// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.PutOutcome;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.ObjectStore.Written;
import java.util.Arrays;
import java.util.Optional;

/**
 * A conditional write whose end is known. One whose answer was lost may stand, and a store that was asked twice by the
 * network may call our own write somebody else's: sealed bytes are never the same twice, so what stands there tells.
 */
final class Swap {
    private Swap() {}

    /**
     * @param content what only who writes it now could write
     * @param over what it replaces; empty for the first
     * @return empty when somebody else was first
     * @throws StoreException when even another look did not tell
     */
    static Optional<Version> put(ObjectStore store, String key, byte[] content, Optional<Version> over) {
        try {
            PutOutcome outcome = store.put(key, content, over);
            if (outcome instanceof Written written) return Optional.of(written.version());
            if (outcome instanceof Lost) return standing(store, key, content);
            throw new AssertionError(outcome);
        } catch (StoreException e) {
            Optional<Version> ours = e.mayHaveBeenApplied() ? standing(store, key, content) : Optional.empty();
            if (ours.isEmpty()) {
                throw e;
            }
            return ours;
        }
    }

    private static Optional<Version> standing(ObjectStore store, String key, byte[] content) {
        return store.get(key)
                .filter(stored -> Arrays.equals(stored.content(), content))
                .map(Stored::version);
    }
}
