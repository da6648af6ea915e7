// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.SharedSeal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The sealed objects of one vault in a bucket: {@code grants/HASH} ({@link SharedState}), {@code leases/HASH} ({@link
 * Lease}), HASH standing for the connector's name, {@code machines/HASH} ({@link MachinePage}) and
 * {@code verdicts/HASH} ({@link VerdictFile}). Blocks like the store. All throw {@link StoreException} when the store
 * gives no clear answer, and for what does not open.
 */
final class SharedVault {
    private static final String GRANTS = "grants";
    private static final String PAGE = "machine";
    private static final String VERDICT = "verdict";

    private final ObjectStore store;
    private final SealedObjects sealed;

    SharedVault(ObjectStore store, SharedSeal seal) {
        this(store, seal, new SharedKeys(store, seal));
    }

    /** @param keys asked when an object is under a key that is not known here */
    SharedVault(ObjectStore store, SharedSeal seal, SharedKeys keys) {
        this.store = store;
        this.sealed = new SealedObjects(store, seal, keys);
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

    /** What a machine told of itself. */
    Optional<Found<MachinePage>> page(Machine machine) {
        return find(PAGE, hidden(PAGE + "|" + machine.id()), MachinePage::read);
    }

    /** As {@link #put(String, Lease, Optional)}. */
    Optional<Version> put(MachinePage page, Optional<Version> over) {
        return put(PAGE, PAGE + "|" + page.machine().id(), page.json(), over);
    }

    /** What somebody found out about the bucket, as JSON. */
    Optional<Found<byte[]>> verdict() {
        return find(VERDICT, hidden(VERDICT + "|bucket"), content -> content);
    }

    /** As {@link #put(String, Lease, Optional)}. */
    Optional<Version> putVerdict(byte[] json, Optional<Version> over) {
        return put(VERDICT, VERDICT + "|bucket", json, over);
    }

    /** What all machines told, those apart whose pages somebody has spoilt. One request for each. */
    List<MachinePage> pages() {
        String prefix = PAGE + "s/";
        return store.list(prefix).stream()
                .flatMap(entry -> readablePage(entry.key().substring(prefix.length())).stream())
                .toList();
    }

    private Optional<MachinePage> readablePage(String name) {
        try {
            return find(PAGE, name, MachinePage::read).map(Found::value);
        } catch (StoreException e) {
            if (e.isSpoilt()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** See {@link SealedObjects#spoilt}; of a machine's page. */
    Optional<Version> spoiltPage(Machine machine) {
        return sealed.spoilt(PAGE, hidden(PAGE + "|" + machine.id()));
    }

    /** See {@link SealedObjects#spoilt}. */
    Optional<Version> spoiltState(String connector) {
        return sealed.spoilt("grant", hidden(connector));
    }

    /** See {@link SealedObjects#spoilt}. */
    Optional<Version> spoiltLease(String connector) {
        return sealed.spoilt("lease", hidden(connector));
    }

    /** See {@link SealedObjects#spoilt}. */
    Optional<Version> spoiltVerdict() {
        return sealed.spoilt(VERDICT, hidden(VERDICT + "|bucket"));
    }

    /** Everything that stands there: where, and the store's name for its version. One request for a thousand objects. */
    Map<String, Version> objects() {
        return store.list("").stream()
                .collect(Collectors.toMap(Entry::key, Entry::version, (one, same) -> one, TreeMap::new));
    }

    /** Is it the place of a grant? */
    static boolean isGrant(String place) {
        return place.startsWith(GRANTS + "/");
    }

    /** Where the grant of a connector stands. */
    String place(String connector) {
        return SealedObjects.key("grant", hidden(connector));
    }

    /** What stands at one of the {@link #objects} that are grants, whosever it is. */
    Optional<Found<SharedState>> stateAt(String place) {
        return find("grant", place.substring(GRANTS.length() + 1), SharedState::read)
                .filter(found -> place(found.value().connector()).equals(place));
    }

    private String hidden(String connector) {
        return sealed.hidden(connector);
    }

    private <T> Optional<Found<T>> find(String kind, String name, Function<byte[], T> read) {
        return sealed.find(kind, name)
                .map(found -> new Found<>(read(kind, name, found.value(), read), found.version()));
    }

    private static <T> T read(String kind, String name, byte[] content, Function<byte[], T> read) {
        try {
            return read.apply(content);
        } catch (IllegalArgumentException e) {
            String key = SealedObjects.key(kind, name);
            throw new StoreException(Kind.SEALED, false, key + " opens, but is no " + kind + ": " + e.getMessage());
        }
    }

    private Optional<Version> put(String kind, String connector, byte[] json, Optional<Version> over) {
        return sealed.put(kind, hidden(connector), json, over);
    }
}
