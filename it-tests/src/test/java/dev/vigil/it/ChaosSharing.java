// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a daemon has told of its bucket so far; nothing where it has none.
 *
 * @param rounds {@code sync}; one that ended like the one before is not told
 * @param steps {@code shared}
 */
record ChaosSharing(List<JsonNode> rounds, List<JsonNode> steps) {
    List<JsonNode> failedRounds() {
        return rounds.stream()
                .filter(round -> outcome(round).startsWith("failed"))
                .toList();
    }

    /** Failed rounds that do not say why, or not that the next one may succeed. */
    List<JsonNode> unexplained() {
        return failedRounds().stream()
                .filter(round -> !outcome(round).equals("failed_retriable")
                        || round.path("reason").asString("").isBlank())
                .toList();
    }

    /** Has the bucket heard of a login? Before that it may be refreshed without the bucket. */
    boolean hasBegun() {
        return !newest("pushed").isEmpty();
    }

    /** Have the newest tokens that the daemon made been written to the bucket, and did the last round succeed? */
    boolean isUpToDate() {
        return newest("pushed").compareTo(newest("refreshed")) >= 0
                && outcome(rounds.get(rounds.size() - 1)).equals("attempted");
    }

    private static String outcome(JsonNode round) {
        return round.path("outcome").asString();
    }

    /** In the order of epochs and generations. */
    private String newest(String what) {
        return steps.stream()
                .filter(step -> step.path("what").asString().equals(what))
                .map(step -> String.format(
                        "%06d %06d",
                        step.path("epoch").asLong(), step.path("generation").asLong()))
                .max(Comparator.naturalOrder())
                .orElse("");
    }
}
