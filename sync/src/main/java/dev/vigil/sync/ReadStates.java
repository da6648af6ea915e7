// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedVault.Found;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What stood at each place of a bucket when it was read last, so that only what changed is fetched. One thread at a time. */
final class ReadStates {
    private final SharedVault bucket;
    private final Map<String, Found<SharedState>> known = new HashMap<>();

    ReadStates(SharedVault bucket) {
        this.bucket = bucket;
    }

    /** Forgets what stands nowhere else any more. */
    void keepOnly(Set<String> places) {
        known.keySet().retainAll(places);
    }

    /** @param version that a listing showed */
    Optional<Found<SharedState>> at(String place, Version version) {
        Found<SharedState> before = known.get(place);
        return before != null && before.version().equals(version) ? Optional.of(before) : anew(place);
    }

    /** Whatever a listing showed: somebody has written since. */
    Optional<Found<SharedState>> anew(String place) {
        Optional<Found<SharedState>> found = bucket.stateAt(place);
        found.ifPresentOrElse(one -> known.put(place, one), () -> known.remove(place));
        return found;
    }
}
