// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** The objects of the strict server, with a compare-and-swap that is one: any thread, one at a time. */
final class StrictBucket {
    /** Long enough for every racing writer to look before the first one acts. */
    private static final long GAP_NANOS = 3_000_000;

    record Item(byte[] content, String etag, Instant at) {}

    /** What became of a write. */
    record Put(int status, String code, String etag) {
        boolean isDone() {
            return status == 200;
        }
    }

    private final Set<StrictMode> modes;
    /** Guarded by this. */
    private SortedMap<String, Item> items = new TreeMap<>();
    /** What each object was before its last write; guarded by this. */
    private final Map<String, Optional<Item>> before = new HashMap<>();
    /** Guarded by this. */
    private SortedMap<String, Item> listedBefore = new TreeMap<>();

    StrictBucket() {
        this.modes = ConcurrentHashMap.newKeySet();
    }

    Set<StrictMode> modes() {
        return modes;
    }

    Put put(String key, byte[] content, Optional<String> ifMatch, Optional<String> ifNoneMatch) {
        if (modes.contains(StrictMode.CHECKS_THEN_ACTS) && ifMatch.isPresent()) {
            Optional<Put> refusal = refusal(key, ifMatch, ifNoneMatch);
            LockSupport.parkNanos(GAP_NANOS);
            return refusal.orElseGet(() -> stored(key, content));
        }
        synchronized (this) {
            return refusal(key, ifMatch, ifNoneMatch).orElseGet(() -> stored(key, content));
        }
    }

    /** AWS answers 404 to If-Match on what is absent. */
    private synchronized Optional<Put> refusal(String key, Optional<String> ifMatch, Optional<String> ifNoneMatch) {
        if (modes.contains(StrictMode.IGNORES_CONDITIONS)) {
            return Optional.empty();
        }
        Item item = items.get(key);
        boolean createOnly = ifNoneMatch.isPresent() && !modes.contains(StrictMode.VERSIONED_IGNORES_CREATE_ONLY);
        if (createOnly && !ifNoneMatch.get().equals("*")) {
            return Optional.of(new Put(501, "NotImplemented", ""));
        }
        if (ifMatch.isPresent() && item == null) {
            return Optional.of(new Put(404, "NoSuchKey", ""));
        }
        boolean other = ifMatch.isPresent() && item != null && !ifMatch.get().equals(expected(item));
        return other || createOnly && item != null
                ? Optional.of(new Put(412, "PreconditionFailed", ""))
                : Optional.empty();
    }

    private String expected(Item item) {
        return modes.contains(StrictMode.UNQUOTED_ETAGS) ? item.etag() : '"' + item.etag() + '"';
    }

    synchronized Put stored(String key, byte[] content) {
        String etag = SignatureCheck.hex(SignatureCheck.sha256(content)).substring(0, 32);
        before.put(key, Optional.ofNullable(items.get(key)));
        listedBefore = new TreeMap<>(items);
        items.put(key, new Item(content, etag, Instant.now()));
        return new Put(200, "", etag);
    }

    synchronized Optional<Item> get(String key) {
        return modes.contains(StrictMode.STALE_READS) && before.containsKey(key)
                ? before.get(key)
                : Optional.ofNullable(items.get(key));
    }

    synchronized SortedMap<String, Item> list() {
        return new TreeMap<>(modes.contains(StrictMode.STALE_LISTS) ? listedBefore : items);
    }

    synchronized void delete(String key) {
        before.put(key, Optional.ofNullable(items.remove(key)));
    }

    synchronized void rollBack(SortedMap<String, Item> then) {
        items = new TreeMap<>(then);
        before.clear();
    }
}
