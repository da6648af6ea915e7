// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedVault.Found;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.SharedSeal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What is sealed in a bucket, also while another machine changes the keys: whoever meets a key that is not known here looks
 * for a newer ring first, and an object that was only sealed anew counts as the one that was read. Any thread; blocks and
 * throws like the store, also for what does not open, which is the bucket's trouble and not the disk's.
 */
final class SealedObjects {
    /** So often nobody rotates. */
    private static final int ATTEMPTS = 4;

    private final ObjectStore store;
    private final SharedSeal seal;
    private final SharedKeys keys;
    /** The last that was read or written here of each object: no two writers write the same. */
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /** The content of an object, and the version by which we know it. */
    private record Seen(byte[] content, Version version) {}

    SealedObjects(ObjectStore store, SharedSeal seal, SharedKeys keys) {
        this.store = store;
        this.seal = seal;
        this.keys = keys;
    }

    static String key(String kind, String name) {
        return kind + "s/" + name;
    }

    /** See {@link SharedSeal#hidden}. The first need of the key ring brings it, where no start could. */
    String hidden(String connector) {
        return sealing("no name", () -> {
            if (keys.held().isEmpty()) {
                keys.follow();
            }
            return seal.hidden(connector);
        });
    }

    Optional<Found<byte[]>> find(String kind, String name) {
        String key = key(kind, name);
        return store.get(key).map(stored -> new Found<>(opened(kind, name, stored), stored.version()));
    }

    /** @param over what it replaces; empty for the first. Empty result: somebody else was first. */
    Optional<Version> put(String kind, String name, byte[] content, Optional<Version> over) {
        String key = key(kind, name);
        Optional<Version> expected = over;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] sealed = sealing(key, () -> seal.seal(kind, name, content));
            Optional<Version> written = Swap.put(store, key, sealed, expected);
            if (written.isPresent()) {
                seen.put(key, new Seen(content, written.get()));
                return written;
            }
            expected = expected.flatMap(version -> sealedAnew(kind, name, version));
            if (expected.isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /**
     * Which version stands there of an object that opens for nobody: our key ring is the newest one. Empty when it opens by
     * now, when it is gone, and when the ring cannot be had, since then the fault may be ours.
     */
    Optional<Version> spoilt(String kind, String name) {
        String key = key(kind, name);
        // Before the ring: whoever changes the ring seals everything anew, and that makes other versions.
        Optional<Version> standing = store.list(key).stream()
                .filter(entry -> entry.key().equals(key))
                .map(Entry::version)
                .findFirst();
        keys.follow();
        try {
            find(kind, name);
            return Optional.empty();
        } catch (StoreException e) {
            if (!e.isSpoilt()) {
                throw e;
            }
            return standing;
        }
    }

    private byte[] opened(String kind, String name, Stored stored) {
        String key = key(kind, name);
        byte[] content = sealing(key, () -> {
            if (keys.held().isEmpty() || !seal.hasKeyOf(stored.content(), key)) {
                keys.follow();
            }
            return seal.open(kind, name, stored.content(), key);
        });
        seen.put(key, new Seen(content, stored.version()));
        return content;
    }

    /**
     * A machine that rotates the keys seals every object anew, which makes another version of it, but is nobody's turn and
     * nobody's state. The version that the same content has now; empty when it is another content.
     */
    private Optional<Version> sealedAnew(String kind, String name, Version expected) {
        Optional<Seen> before = Optional.ofNullable(seen.get(key(kind, name)))
                .filter(known -> known.version().equals(expected));
        return before.flatMap(known -> find(kind, name)
                .filter(now -> Arrays.equals(now.value(), known.content()))
                .map(Found::version));
    }

    private static <T> T sealing(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (VaultException e) {
            String why = String.valueOf(e.getMessage());
            String told = why.startsWith(what) ? "in the bucket, " + why : what + " in the bucket: " + why;
            throw new StoreException(Kind.SEALED, false, told, e);
        }
    }
}
