// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.time.Instant;
import java.util.List;

/**
 * What this machine holds of the bucket's key ring.
 *
 * @param primary id of the key that seals now
 * @param keys oldest first
 * @param isDouble is it wrapped by two keys, since a change of the key-encryption key is under way?
 */
public record HeldRing(long revision, long primary, List<Key> keys, boolean isDouble) {
    public HeldRing {
        keys = List.copyOf(keys);
    }

    /** One key of the ring, and when it was made. */
    public record Key(long id, Instant created) {}

    /** When the primary was made. */
    public Instant created() {
        return keys.stream()
                .filter(key -> key.id() == primary)
                .map(Key::created)
                .findFirst()
                .orElseThrow();
    }

    /** Oldest first. */
    public List<Long> keyIds() {
        return keys.stream().map(Key::id).toList();
    }
}
