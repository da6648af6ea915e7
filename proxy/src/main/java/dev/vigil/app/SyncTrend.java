// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.SharedStep;
import dev.vigil.sync.SyncRound.Outcome;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * How much happened in a span of time, by the lines of {@link SyncHistory}.
 *
 * @param attempted rounds in which the bucket answered
 * @param rolledBack how often the bucket, or the key ring in it, showed less than before
 */
record SyncTrend(long attempted, long failed, long skipped, long pushed, long adopted, long rolledBack) {

    static SyncTrend of(List<ObjectNode> rounds, List<ObjectNode> story) {
        long rings =
                rounds.stream().filter(line -> line.path("warning").isString()).count();
        long logins = story.stream()
                .filter(line -> line.path("what").asString("").equals(SharedStep.What.ROLLED_BACK.word()))
                .count();
        return new SyncTrend(
                count(rounds, Outcome.ATTEMPTED),
                count(rounds, Outcome.FAILED) + count(rounds, Outcome.FAILED_RETRIABLE),
                count(rounds, Outcome.SKIPPED),
                sum(rounds, "pushed"),
                sum(rounds, "adopted"),
                rings + logins);
    }

    private static long count(List<ObjectNode> rounds, Outcome outcome) {
        return rounds.stream()
                .filter(line -> line.path("outcome").asString("").equals(SyncHistory.word(outcome)))
                .mapToLong(line -> line.path("rounds").asLong(1))
                .sum();
    }

    private static long sum(List<ObjectNode> rounds, String field) {
        return rounds.stream().mapToLong(line -> line.path(field).asLong(0)).sum();
    }
}
