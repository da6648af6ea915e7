// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.SharedStep;
import dev.vigil.sync.SyncRound;
import dev.vigil.sync.SyncRound.Outcome;
import dev.vigil.vault.Journal;
import dev.vigil.vault.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What synchronization did: {@code events/sync.jsonl}, a line for each round in which something happened, and one an hour
 * for those in which nothing did; {@code events/sync-story.jsonl}, a line for each thing that happened to a shared login.
 *
 * <pre>
 * sync        outcome (attempted, skipped, failed_retriable, failed), rounds (how many such), pushed and adopted (by the
 *             round, and by refreshes since the line before), other (further steps of the round), took_ms, reason,
 *             undecided (connectors with two logins), warning (somebody has tampered with the key ring)
 * sync-story  connector, what, epoch, generation, other (machine), why, words
 * </pre>
 *
 * Blocks on the disk. Never throws: history is not worth a failure.
 */
final class SyncHistory {
    private static final Duration QUIET = Duration.ofHours(1);

    private final Journal rounds;
    private final Journal story;

    /** Rounds in which nothing happened, since this moment. Guarded by this, like all below. */
    private Optional<Instant> quietSince = Optional.empty();

    private int quiet;
    private long quietMillis;
    /** Not in a line yet. A refresh pushes and adopts too, between two rounds. */
    private long pushed;

    private long adopted;

    static SyncHistory of(Vault vault) {
        return new SyncHistory(vault.journal("sync"), vault.journal("sync-story"));
    }

    SyncHistory(Journal rounds, Journal story) {
        this.rounds = rounds;
        this.story = story;
    }

    synchronized void add(SyncRound round) {
        if (!round.isNotable() && pushed + adopted == 0) {
            quiet++;
            quietMillis += round.took().toMillis();
            if (quietSince.isEmpty()) {
                quietSince = Optional.of(round.at());
            }
            if (Duration.between(quietSince.get(), round.at()).compareTo(QUIET) >= 0) {
                flush();
            }
            return;
        }
        flush();
        append(rounds, line(round));
    }

    /** Writes down the rounds in which nothing happened. */
    synchronized void flush() {
        if (quietSince.isPresent()) {
            append(
                    rounds,
                    Journal.line(quietSince.get().toString())
                            .put("outcome", word(Outcome.ATTEMPTED))
                            .put("rounds", quiet)
                            .put("took_ms", quietMillis / quiet));
            quietSince = Optional.empty();
            quiet = 0;
            quietMillis = 0;
        }
    }

    synchronized void add(SharedStep step, Instant now) {
        pushed += step.what() == SharedStep.What.PUSHED ? 1 : 0;
        adopted += step.what() == SharedStep.What.ADOPTED ? 1 : 0;
        append(story, json(step, Journal.line(now.toString())));
    }

    static ObjectNode json(SharedStep step, ObjectNode into) {
        return into.put("connector", step.connector())
                .put("what", step.what().word())
                .put("epoch", step.epoch())
                .put("generation", step.generation())
                .put("other", step.other().orElse(null))
                .put("why", step.why().orElse(null))
                .put("words", SyncLog.words(step));
    }

    static String word(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    /** Of the rounds since {@code then}, those of the last quiet hour apart. */
    SyncTrend since(Instant then) {
        return SyncTrend.of(lines(rounds, then), lines(story, then));
    }

    /** Connectors of which there were two logins, one here and one in the bucket, when the bucket was last read. */
    synchronized List<String> undecided() {
        List<ObjectNode> read = lines(rounds).stream()
                .filter(line -> line.path("outcome").asString("").equals(word(Outcome.ATTEMPTED)))
                .toList();
        return quiet > 0 || read.isEmpty()
                ? List.of()
                : read.get(read.size() - 1)
                        .path("undecided")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList();
    }

    private ObjectNode line(SyncRound round) {
        long ours = count(round, SharedStep.What.PUSHED) + count(round, SharedStep.What.ADOPTED);
        ObjectNode line = Journal.line(round.at().toString())
                .put("outcome", word(round.outcome()))
                .put("rounds", 1)
                .put("pushed", pushed)
                .put("adopted", adopted)
                .put("other", round.steps().size() - ours)
                .put("took_ms", round.took().toMillis())
                .put(
                        "reason",
                        round.reason().map(why -> LogLine.shown(why, 300)).orElse(null));
        round.warning().ifPresent(why -> line.put("warning", LogLine.shown(why, 300)));
        ArrayNode undecided = line.putArray("undecided");
        steps(round, SharedStep.What.TWO_LOGINS).map(SharedStep::connector).forEach(undecided::add);
        pushed = 0;
        adopted = 0;
        return line;
    }

    private static long count(SyncRound round, SharedStep.What what) {
        return steps(round, what).count();
    }

    private static Stream<SharedStep> steps(SyncRound round, SharedStep.What what) {
        return round.steps().stream().filter(step -> step.what() == what);
    }

    private static List<ObjectNode> lines(Journal journal, Instant since) {
        return lines(journal).stream()
                .filter(line -> !Instant.parse(line.path("time").asString()).isBefore(since))
                .toList();
    }

    private static List<ObjectNode> lines(Journal journal) {
        try {
            return journal.lines();
        } catch (VaultException e) {
            return List.of();
        }
    }

    private static void append(Journal journal, ObjectNode line) {
        try {
            journal.append(line);
        } catch (VaultException e) {
            // The present is worth more.
        }
    }
}
