// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TimeSource;
import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.SharedStep;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SyncRound;
import java.time.Instant;
import java.util.Locale;

/**
 * What synchronization does, in the log: further events of {@link EventLog}, of the same form. Any thread; never blocks.
 *
 * <pre>
 *   sync      outcome (attempted, skipped, failed_retriable, failed) shared pushed adopted other foreign took_ms reason
 *             warning (somebody has tampered with the key ring)
 *   shared    connector what epoch generation other why
 *   bucket_proof  outcome (accepted, refused, read_only) reason
 * </pre>
 *
 * A round that changed nothing stands in the file and not on the terminal, as does one that fails like the one before it.
 */
final class SyncLog {
    private final TimeSource time;
    private final Sentences sentences;
    private final EventLog.Sink sink;

    /** What the last round was told as. Guarded by this. */
    private String lastTold = "";

    SyncLog(TimeSource time, Sentences sentences, EventLog.Sink sink) {
        this.time = time;
        this.sentences = sentences;
        this.sink = sink;
    }

    synchronized void synced(SyncRound round) {
        Instant now = time.now().wall();
        long pushed = count(round, What.PUSHED);
        long adopted = count(round, What.ADOPTED);
        String line = new LogLine(now, "sync")
                .with("outcome", SyncHistory.word(round.outcome()))
                .with("shared", round.shared().size())
                .with("pushed", pushed)
                .with("adopted", adopted)
                .with("other", round.steps().size() - pushed - adopted)
                .with("foreign", round.foreign().size())
                .with("took_ms", round.took().toMillis())
                .with("reason", round.reason())
                .with("warning", round.warning())
                .toString();
        String told = words(round);
        if (told.equals(lastTold)) {
            sink.quietly(line);
        } else {
            sink.write(line, sentences.clock(now) + " sync: " + LogLine.shown(told, 500));
        }
        lastTold = told;
    }

    /** The bucket was put to the proof again. */
    void proved(ProbeVerdict verdict) {
        Instant now = time.now().wall();
        String outcome = verdict.outcome().name().toLowerCase(Locale.ROOT);
        String line = new LogLine(now, "bucket_proof")
                .with("outcome", outcome)
                .with("reason", verdict.reason())
                .toString();
        sink.write(
                line,
                sentences.clock(now) + " the bucket was put to the proof again: " + outcome + ", "
                        + LogLine.shown(verdict.reason(), 500));
    }

    void happened(SharedStep step) {
        Instant now = time.now().wall();
        String line = new LogLine(now, "shared")
                .with("connector", step.connector())
                .with("what", step.what().word())
                .with("epoch", step.epoch())
                .with("generation", step.generation())
                .with("other", step.other())
                .with("why", step.why())
                .toString();
        sink.write(line, sentences.clock(now) + " " + step.connector() + ": " + LogLine.shown(words(step), 500));
    }

    private static long count(SyncRound round, What what) {
        return round.steps().stream().filter(step -> step.what() == what).count();
    }

    /** How the bucket does; what happened to each login is told by itself. */
    static String words(SyncRound round) {
        String reason = round.reason().orElse("");
        return switch (round.outcome()) {
            case ATTEMPTED ->
                "the bucket is read, " + StatusText.counted(round.shared().size(), "login") + " shared"
                        + round.warning()
                                .map(warning -> ". WARNING: " + warning)
                                .orElse("");
            case SKIPPED -> "skipped: " + reason;
            case FAILED_RETRIABLE -> "failed, tried again: " + reason;
            case FAILED -> "FAILED: " + reason;
        };
    }

    /** What helps where there are two logins. */
    static String decide(String connector) {
        return "To decide: vigil sync resolve " + connector + " --keep here, or --keep there";
    }

    /** One step in words. */
    static String words(SharedStep step) {
        String other = step.other().orElse("another machine");
        String why = step.why().map(reason -> " (" + reason + ")").orElse("");
        String plain = switch (step.what()) {
            case REFRESHED -> "refreshed here, on behalf of all machines";
            case PUSHED -> "written to the bucket";
            case NOT_PUSHED -> "could not be written to the bucket, tried again" + why;
            case ADOPTED -> "took over what " + other + " wrote to the bucket";
            case NOT_ADOPTED -> "what " + other + " wrote was not taken over" + why;
            case REMOVED -> "logged out on " + other;
            case BURIED -> "the other machines are told of the logout";
            case WAITED -> other + " is refreshing it, waited";
            case LEFT_TO_OTHER -> "left to " + other + ", whose refresh has no known end" + why;
            case TAKEN_OVER -> "taken over from " + other + ", whose refresh had no known end";
            case TWO_LOGINS ->
                "logged in here and on " + other + " at once: both are kept. " + decide(step.connector());
            case ROLLED_BACK -> "the bucket was ROLLED BACK" + why;
            case NO_BUCKET -> "the bucket is of no use now" + why;
        };
        return step.epoch() == 0
                ? plain
                : plain + " (epoch " + step.epoch() + ", generation " + step.generation() + ")";
    }
}
