// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Now;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.WrappingRefresher;
import dev.vigil.sync.ObjectStore;
import dev.vigil.sync.Sharing;
import dev.vigil.vault.SharedSeal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Machines in which one rule of the agreement is left out. */
final class Planted {
    private Planted() {}

    /** Each refreshes for itself. */
    static Parts withoutLease() {
        return new Parts() {
            @Override
            public Refresher refresher(Sharing sharing, Refresher alone) {
                return alone;
            }
        };
    }

    /** What another machine has begun is nobody's business. */
    static Parts withoutOthersIntents(SharedSeal seal) {
        return new Parts() {
            @Override
            public ObjectStore bucket(Box box, ObjectStore line) {
                return new Forged(line) {
                    @Override
                    public Optional<Stored> get(String key) {
                        Optional<Stored> found = super.get(key);
                        return key.startsWith("leases/")
                                ? found.map(lease -> new Stored(
                                        InBucket.withoutOthersIntent(seal, key, lease.content(), box.self.id()),
                                        lease.version()))
                                : found;
                    }
                };
            }
        };
    }

    /** Whoever had the turn once may send, however long it has slept since. */
    static Parts withoutTheCheckBeforeTheWrite() {
        return new Parts() {
            @Override
            public Refresher refresher(Sharing sharing, Refresher alone) {
                return sharing.over(new Wrapped(alone) {
                    @Override
                    public RefreshOutcome refresh(Grant held, Terms terms) {
                        return super.refresh(held, terms.onlyWhile(() -> true));
                    }
                });
            }
        };
    }

    /** A machine that is about to refresh takes for the newest state what it knows already. */
    static Parts withoutTheNewestState(SharedSeal seal) {
        return new Parts() {
            private final ThreadLocal<Boolean> refreshing = ThreadLocal.withInitial(() -> false);

            @Override
            public ObjectStore bucket(Box box, ObjectStore line) {
                return new Forged(withoutOthersIntents(seal).bucket(box, line)) {
                    private final Map<String, byte[]> known = new HashMap<>();

                    @Override
                    public Optional<Stored> get(String key) {
                        Optional<Stored> found = super.get(key);
                        if (!key.startsWith("grants/") || found.isEmpty()) {
                            return found;
                        }
                        if (refreshing.get()) {
                            return found.map(now -> new Stored(known.getOrDefault(key, now.content()), now.version()));
                        }
                        known.put(key, found.get().content());
                        return found;
                    }

                    @Override
                    public PutOutcome put(String key, byte[] content, Optional<Version> over) {
                        known.put(key, content);
                        return super.put(key, content, over);
                    }
                };
            }

            @Override
            public Refresher refresher(Sharing sharing, Refresher alone) {
                return new Wrapped(sharing.over(alone)) {
                    @Override
                    public RefreshOutcome refresh(Grant held, Terms terms) {
                        refreshing.set(true);
                        try {
                            return super.refresh(held, terms);
                        } finally {
                            refreshing.remove();
                        }
                    }
                };
            }
        };
    }

    /** The clock by which leases die runs thirty times too fast. */
    static Parts withAShortLease() {
        return new Parts() {
            @Override
            public TimeSource time(TimeSource clocks) {
                return () -> {
                    Now now = clocks.now();
                    return new Now(now.wall(), now.monotonic().multipliedBy(30));
                };
            }
        };
    }

    private static class Wrapped implements WrappingRefresher {
        private final Refresher inner;

        Wrapped(Refresher inner) {
            this.inner = inner;
        }

        @Override
        public Refresher inner() {
            return inner;
        }

        @Override
        public RefreshOutcome refresh(Grant held, Terms terms) {
            return inner.refresh(held, terms);
        }
    }

    private static class Forged implements ObjectStore {
        private final ObjectStore inner;

        Forged(ObjectStore inner) {
            this.inner = inner;
        }

        @Override
        public Optional<Stored> get(String key) {
            return inner.get(key);
        }

        @Override
        public Fetched getIfChanged(String key, Version known) {
            return inner.getIfChanged(key, known);
        }

        @Override
        public List<Entry> list(String prefix) {
            return inner.list(prefix);
        }

        @Override
        public PutOutcome put(String key, byte[] content, Optional<Version> over) {
            return inner.put(key, content, over);
        }

        @Override
        public void delete(String key) {
            inner.delete(key);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
