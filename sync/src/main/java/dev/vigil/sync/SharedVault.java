// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.PutOutcome;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.ObjectStore.Written;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.SharedSeal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The sealed objects of one vault in a bucket: {@code grants/HASH} ({@link SharedState}) and {@code leases/HASH} ({@link
 * Lease}), HASH standing for the connector's name. Blocks like the store. All throw {@link StoreException} when the store
 * gives no clear answer, and for what does not open.
 */
final class SharedVault {
    private static final String GRANTS = "grants";

    private final ObjectStore store;
    private final SharedSeal seal;

    SharedVault(ObjectStore store, SharedSeal seal) {
        this.store = store;
        this.seal = seal;
    }

    /** Something that stands there, and the store's name for just this version of it. */
    record Found<T>(T value, Version version) {}

    Optional<Found<Lease>> lease(String connector) {
        return find("lease", hidden(connector), Lease::read);
    }

    Optional<Found<SharedState>> state(String connector) {
        return find("grant", hidden(connector), SharedState::read);
    }

    /** @param over what it replaces; empty for the first. Empty result: somebody else was first. */
    Optional<Version> put(String connector, Lease lease, Optional<Version> over) {
        return put("lease", connector, lease.json(), over);
    }

    /** As {@link #put(String, Lease, Optional)}. */
    Optional<Version> put(SharedState state, Optional<Version> over) {
        return put("grant", state.connector(), state.json(), over);
    }

    /** Each grant that stands there: where, and the store's name for its version. One request for a thousand objects. */
    Map<String, Version> grants() {
        return store.list(GRANTS + "/").stream().collect(Collectors.toMap(Entry::key, Entry::version));
    }

    /** Where the grant of a connector stands. */
    String place(String connector) {
        return key("grant", hidden(connector));
    }

    /** What stands at one of {@link #grants}, whosever it is. */
    Optional<Found<SharedState>> stateAt(String place) {
        return find("grant", place.substring(GRANTS.length() + 1), SharedState::read)
                .filter(found -> place(found.value().connector()).equals(place));
    }

    private String hidden(String connector) {
        return sealing("no name", () -> seal.hidden(connector));
    }

    private <T> Optional<Found<T>> find(String kind, String name, Function<byte[], T> read) {
        String key = key(kind, name);
        return store.get(key).map(stored -> new Found<>(opened(kind, name, key, stored, read), stored.version()));
    }

    private <T> T opened(String kind, String name, String key, Stored stored, Function<byte[], T> read) {
        byte[] content = sealing(key, () -> seal.open(kind, name, stored.content(), key));
        try {
            return read.apply(content);
        } catch (IllegalArgumentException e) {
            throw new StoreException(Kind.SEALED, false, key + " opens, but is no " + kind + ": " + e.getMessage());
        }
    }

    /** What does not open is the bucket's trouble, not the disk's. */
    private static <T> T sealing(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (VaultException e) {
            throw new StoreException(Kind.SEALED, false, what + " in the bucket: " + e.getMessage(), e);
        }
    }

    /**
     * A write whose answer was lost may stand, and a store that was asked twice by the network may call our own write
     * somebody else's: sealed bytes are never the same twice, so what stands there tells.
     */
    private Optional<Version> put(String kind, String connector, byte[] json, Optional<Version> over) {
        String name = hidden(connector);
        String key = key(kind, name);
        byte[] sealed = sealing(key, () -> seal.seal(kind, name, json));
        try {
            PutOutcome outcome = over.map(version -> store.putIf(key, sealed, version))
                    .orElseGet(() -> store.putIfAbsent(key, sealed));
            if (outcome instanceof Written written) return Optional.of(written.version());
            if (outcome instanceof Lost) return standing(key, sealed);
            throw new AssertionError(outcome);
        } catch (StoreException e) {
            Optional<Version> ours = e.mayHaveBeenApplied() ? standing(key, sealed) : Optional.empty();
            if (ours.isEmpty()) {
                throw e;
            }
            return ours;
        }
    }

    private Optional<Version> standing(String key, byte[] sealed) {
        return store.get(key)
                .filter(stored -> Arrays.equals(stored.content(), sealed))
                .map(Stored::version);
    }

    private static String key(String kind, String name) {
        return kind + "s/" + name;
    }
}
