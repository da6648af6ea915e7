// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Takes a snapshot of a server that speaks HTTP+SSE only. */
record OldTake(Talk talk, Instant now) {
    private static final String INITIALIZE = "initialize";
    /** What clients ask for that know no other transport. */
    private static final String OLDEST = "2024-11-05";

    /** Empty where the server does not speak it either. */
    Optional<Snapshot> taken() throws NotTaken {
        OldTalk opened;
        try {
            opened = OldTalk.open(talk);
        } catch (NotTaken notSpoken) {
            return Optional.empty();
        }
        try (OldTalk stream = opened) {
            return Optional.of(taken(stream));
        }
    }

    private Snapshot taken(OldTalk stream) throws NotTaken {
        ObjectNode result = initialize(stream, Era.LEGACY.newest());
        String revision = LegacyTake.revision(result);
        stream.tell("notifications/initialized");
        Map<ListKind, Listing> lists = new ListTaker(stream).all(result);
        Greeting.Welcome welcome =
                new Greeting.Welcome(LegacyTake.welcome(INITIALIZE, result).result(), true);
        return new Snapshot(talk.owner(), revision, spoken(revision), now, welcome, lists);
    }

    private static ObjectNode initialize(OldTalk stream, String asked) throws NotTaken {
        return Results.of(INITIALIZE, stream.ask(INITIALIZE, LegacyTake.introduction(asked)));
    }

    private Set<String> spoken(String revision) {
        Set<String> spoken = new LinkedHashSet<>(Set.of(revision));
        try (OldTalk stream = OldTalk.open(talk)) {
            spoken.add(LegacyTake.revision(initialize(stream, OLDEST)));
        } catch (NotTaken unknown) {
            // what it has chosen by itself is enough
        }
        return spoken;
    }
}
