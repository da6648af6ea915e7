// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.util.List;
import java.util.Optional;

/** A store in front of another: which one, may depend on what is asked of it. */
interface ForwardingStore extends ObjectStore {
    ObjectStore reading();

    ObjectStore writing();

    @Override
    default Optional<Stored> get(String key) {
        return reading().get(key);
    }

    @Override
    default Fetched getIfChanged(String key, Version known) {
        return reading().getIfChanged(key, known);
    }

    @Override
    default List<Entry> list(String prefix) {
        return reading().list(prefix);
    }

    @Override
    default PutOutcome put(String key, byte[] content, Optional<Version> over) {
        return writing().put(key, content, over);
    }

    @Override
    default void delete(String key) {
        writing().delete(key);
    }
}
