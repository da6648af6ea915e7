// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A store of which somebody else makes use before each request. */
final class BetweenStore implements ObjectStore {
    /** Told when a listing was made, and before anybody has it. */
    static final String LISTED = "listed";

    private final ObjectStore inner;
    /** Gets the key that is about to be asked for. */
    private Consumer<String> between;

    private boolean isBusy;

    BetweenStore(ObjectStore inner, Consumer<String> between) {
        this.inner = inner;
        this.between = between;
    }

    void between(Consumer<String> next) {
        between = next;
    }

    @Override
    public Optional<Stored> get(String key) {
        step(key);
        return inner.get(key);
    }

    @Override
    public Fetched getIfChanged(String key, Version known) {
        step(key);
        return inner.getIfChanged(key, known);
    }

    @Override
    public List<Entry> list(String prefix) {
        step(prefix);
        List<Entry> listed = inner.list(prefix);
        step(LISTED);
        return listed;
    }

    @Override
    public PutOutcome put(String key, byte[] content, Optional<Version> over) {
        step(key);
        return inner.put(key, content, over);
    }

    @Override
    public void delete(String key) {
        inner.delete(key);
    }

    @Override
    public void close() {}

    private void step(String key) {
        if (!isBusy) {
            isBusy = true;
            try {
                between.accept(key);
            } finally {
                isBusy = false;
            }
        }
    }
}
