// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SyncRound.Foreign;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the bucket holds for which this machine has no connector.
 *
 * @param unreadable how many objects do not open
 */
record ForeignGrants(List<Foreign> grants, int unreadable) {

    /** Blocks on the bucket where something has changed. */
    static ForeignGrants of(ReadStates states, Map<String, Version> places) {
        List<Foreign> grants = new ArrayList<>();
        int unreadable = 0;
        for (Map.Entry<String, Version> place : places.entrySet()) {
            try {
                states.at(place.getKey(), place.getValue())
                        .flatMap(found -> foreign(found.value()))
                        .ifPresent(grants::add);
            } catch (StoreException e) {
                unreadable++;
            }
        }
        return new ForeignGrants(List.copyOf(grants), unreadable);
    }

    private static Optional<Foreign> foreign(SharedState state) {
        return state.grant()
                .map(grant -> new Foreign(
                        state.connector(), grant.server(), state.writer().name(), state.writtenAt()));
    }
}
