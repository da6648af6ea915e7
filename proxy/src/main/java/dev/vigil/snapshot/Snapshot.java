// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a server last showed of itself to one account in one protocol revision. Immutable.
 *
 * @param revision that the server chose
 * @param spoken revisions of the same era that it is known to speak, among them this one
 * @param takenAt when Vigil asked
 * @param lists what it offers; a list that it does not offer is absent
 */
public record Snapshot(
        Owner owner,
        String revision,
        Set<String> spoken,
        Instant takenAt,
        Greeting greeting,
        Map<ListKind, Listing> lists) {
    public Snapshot {
        if (!Era.isRevision(revision)) {
            throw new IllegalArgumentException("'" + revision + "' is not a revision of MCP");
        }
        spoken = Set.copyOf(spoken);
        lists = Map.copyOf(lists);
    }

    static Snapshot refused(Owner owner, Era era, Instant takenAt, Greeting.Refused greeting) {
        return new Snapshot(owner, era.newest(), Set.of(era.newest()), takenAt, greeting, Map.of());
    }

    /** Empty where the server does not offer it. */
    public Optional<Listing> list(ListKind kind) {
        return Optional.ofNullable(lists.get(kind));
    }

    public Era era() {
        return Era.of(revision);
    }

    /** Did the server say that it does not speak this era? */
    public boolean isRefusal() {
        return greeting instanceof Greeting.Refused;
    }

    /** Can it be spoken to over HTTP+SSE only? */
    boolean isOld() {
        return greeting instanceof Greeting.Welcome welcome && welcome.old();
    }

    boolean speaks(String asked) {
        return revision.equals(asked) || spoken.contains(asked);
    }
}
