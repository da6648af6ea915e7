// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.vault.Resealing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts everything that is sealed in a bucket under one key, object by object and by compare-and-swap, while other machines
 * read and write. What {@code KIND} and {@code NAME} an object was sealed as follows from its key, {@code KINDs/NAME}.
 */
record BucketSweep(ObjectStore store) {
    private static final Pattern SEALED = Pattern.compile("(?<kind>[a-z]+)s/(?<name>[0-9a-f]{32})");
    /** Who writes an object all the time does so with the newest key soon. */
    private static final int ATTEMPTS = 8;

    /** What machines tell each other, and write anew by themselves: nobody loses a login with it. */
    private static final Set<String> EVIDENCE = Set.of("verdict", "machine");

    /**
     * @param left messages about objects that are still under another key
     * @param leftOut the same of those that are only evidence: one that does not open may as well be a stranger's
     */
    record Result(int sealedAnew, List<String> left, List<String> leftOut) {}

    Result over(Resealing resealing) {
        int sealedAnew = 0;
        List<String> left = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (Entry entry : store.list("")) {
            Matcher sealed = SEALED.matcher(entry.key());
            if (sealed.matches()) {
                try {
                    sealedAnew += isSealedAnew(resealing, sealed) ? 1 : 0;
                } catch (VaultException e) {
                    (EVIDENCE.contains(sealed.group("kind")) ? leftOut : left).add(e.getMessage());
                }
            }
        }
        return new Result(sealedAnew, List.copyOf(left), List.copyOf(leftOut));
    }

    private boolean isSealedAnew(Resealing resealing, Matcher sealed) {
        String key = sealed.group();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Stored> found = store.get(key);
            Optional<byte[]> anew = found.flatMap(
                    stored -> resealing.anew(sealed.group("kind"), sealed.group("name"), stored.content(), key));
            if (anew.isEmpty()) {
                return false;
            }
            if (Swap.put(store, key, anew.get(), found.map(Stored::version)).isPresent()) {
                return true;
            }
        }
        throw new StoreException(
                StoreException.Kind.TIMED_OUT,
                false,
                key + " was written by other machines " + ATTEMPTS + " times in a row. Try again");
    }
}
