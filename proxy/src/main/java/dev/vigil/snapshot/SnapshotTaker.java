// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Connector;
import dev.vigil.auth.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a server what it shows, in both eras, as a client of its own. Nothing that the server answers is trusted: sizes,
 * nesting, types and pages all have limits, and what does not fit is not taken. Blocks, for about 30 s at most; any thread
 * that may.
 */
public final class SnapshotTaker {
    private final Wire wire;
    private final TimeSource time;

    public SnapshotTaker(Wire wire, TimeSource time) {
        this.wire = wire;
        this.time = time;
    }

    /**
     * What came of it.
     *
     * @param snapshots at most one for each era, negative answers among them
     * @param reasons why an era is missing, in a few words; a snapshot that is known of it stays good
     */
    public record Taken(List<Snapshot> snapshots, List<String> reasons) {
        public Taken {
            snapshots = List.copyOf(snapshots);
            reasons = List.copyOf(reasons);
        }

        /** Did the server show anything, in any era? */
        public boolean isWelcome() {
            return snapshots.stream().anyMatch(snapshot -> !snapshot.isRefusal());
        }
    }

    private interface Take {
        Snapshot taken() throws NotTaken;
    }

    /** @param owner whose token must be sent; empty handed if it is another's by then */
    public Taken take(Connector connector, Owner owner) {
        Instant now = time.now().wall();
        Talk talk = new Talk(wire, connector, owner, time);
        List<Snapshot> snapshots = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Take take : List.<Take>of(new ModernTake(talk, now)::taken, new LegacyTake(talk, now)::taken)) {
            talk.nextEra();
            try {
                snapshots.add(take.taken());
            } catch (NotTaken e) {
                reasons.add(e.reason());
            }
        }
        return new Taken(snapshots, reasons);
    }
}
