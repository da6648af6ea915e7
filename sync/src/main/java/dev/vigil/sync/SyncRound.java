// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.SharedStep.What;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one round of {@link VaultSync} did.
 *
 * @param shared connectors that are the same here and there now
 * @param foreign grants in the bucket for which there is no connector here
 * @param unreadable objects that do not open, and are neither ours nor theirs
 * @param warning somebody has tampered with the bucket's key ring, and how that ended
 */
public record SyncRound(
        Instant at,
        Duration took,
        Outcome outcome,
        Optional<String> reason,
        List<String> shared,
        List<SharedStep> steps,
        List<Foreign> foreign,
        int unreadable,
        Optional<String> warning) {

    /** How it ended. */
    public enum Outcome {
        /** The bucket answered. What became of each connector stands in the steps. */
        ATTEMPTED,
        /** Nothing was asked, for a reason. */
        SKIPPED,
        /** No clear answer; the next round may have one. */
        FAILED_RETRIABLE,
        /** No clear answer, and a person must change something. */
        FAILED
    }

    /** A grant that somebody shares, and for which this machine has no connector. */
    public record Foreign(String connector, URI server, String writer, Instant writtenAt) {}

    static SyncRound skipped(Instant at, String why) {
        return ended(at, Duration.ZERO, Outcome.SKIPPED, Optional.of(why), List.of());
    }

    static SyncRound failed(Instant at, Duration took, StoreException why, List<SharedStep> steps) {
        Outcome outcome = why.isRetriable() ? Outcome.FAILED_RETRIABLE : Outcome.FAILED;
        return ended(at, took, outcome, Optional.of(why.getMessage()), steps);
    }

    private static SyncRound ended(
            Instant at, Duration took, Outcome outcome, Optional<String> reason, List<SharedStep> steps) {
        return new SyncRound(at, took, outcome, reason, List.of(), List.copyOf(steps), List.of(), 0, Optional.empty());
    }

    /** Why a login that another machine may hold is not here; empty when the bucket was read and offers none. */
    Optional<String> whyNotHere(String connector) {
        if (outcome != Outcome.ATTEMPTED) {
            return Optional.of("another machine may hold it, but the bucket cannot be read: " + reason.orElse(""));
        }
        return steps.stream()
                .filter(step -> step.connector().equals(connector))
                .filter(step -> step.what() == What.NOT_ADOPTED || step.what() == What.NO_BUCKET)
                .findFirst()
                .map(step -> step.other().map(name -> name + " holds one, ").orElse("") + "not used here: "
                        + step.why().orElse(""));
    }

    /** Does the bucket answer again, after a round in which it did not? */
    public boolean isRecoveryAfter(Optional<SyncRound> before) {
        return outcome == Outcome.ATTEMPTED
                && before.filter(one -> one.outcome != Outcome.ATTEMPTED).isPresent();
    }

    /** Did it change anything here or there, or see something that a person should know? */
    public boolean isNotable() {
        return !steps.isEmpty() || warning.isPresent() || outcome != Outcome.ATTEMPTED;
    }
}
