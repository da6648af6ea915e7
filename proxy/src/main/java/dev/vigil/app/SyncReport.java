// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.SharedStep;
import dev.vigil.sync.SyncRound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How synchronization stands, as {@code vigil sync status --json} and {@code sync} in {@code GET /api/status} tell it.
 *
 * <pre>
 * bucket     which, and machine (this one's name), every_s, read_only, risk (of what the config says; null for none)
 * verdict    outcome, at, reason, openness, versioning; null before vigil sync init
 * last       the last round: at, outcome, reason, warning, shared (connectors), steps, took_ms; null before the first
 * foreign    grants without a connector here: connector, server, writer, written_at
 * unreadable objects that do not open
 * undecided  connectors of which there were two logins when the bucket was last read
 * trend_24h  attempted (and not failed), failed, skipped, pushed, adopted, rolled_back; trend_7d likewise
 * </pre>
 */
final class SyncReport {
    private SyncReport() {}

    /** Blocks on the disk, not on the network. */
    static void write(ObjectNode into, SharedBucket bucket, SyncHistory history, Instant now) {
        into.put("bucket", bucket.place());
        into.put("machine", bucket.self().name());
        into.put("every_s", bucket.config().every().toSeconds());
        into.put("read_only", bucket.config().readOnly());
        into.put("risk", bucket.config().risk().orElse(null));
        into.putNull("verdict");
        bucket.verdict().ifPresent(verdict -> put(into.putObject("verdict"), verdict));
        Optional<SyncRound> last = bucket.sharing().last();
        into.putNull("last");
        last.ifPresent(round -> put(into.putObject("last"), round));
        ArrayNode foreign = into.putArray("foreign");
        last.map(SyncRound::foreign)
                .orElse(List.of())
                .forEach(one -> foreign.addObject()
                        .put("connector", one.connector())
                        .put("server", one.server().toString())
                        .put("writer", one.writer())
                        .put("written_at", one.writtenAt().toString()));
        into.put("unreadable", last.map(SyncRound::unreadable).orElse(0));
        history.undecided().forEach(into.putArray("undecided")::add);
        put(into.putObject("trend_24h"), history.since(now.minus(Duration.ofHours(24))));
        put(into.putObject("trend_7d"), history.since(now.minus(Duration.ofDays(7))));
    }

    static void put(ObjectNode into, SyncRound round) {
        into.put("at", round.at().toString());
        into.put("outcome", SyncHistory.word(round.outcome()));
        into.put("reason", round.reason().orElse(null));
        into.put("warning", round.warning().orElse(null));
        into.put("took_ms", round.took().toMillis());
        ArrayNode shared = into.putArray("shared");
        round.shared().forEach(shared::add);
        ArrayNode steps = into.putArray("steps");
        for (SharedStep step : round.steps()) {
            SyncHistory.json(step, steps.addObject());
        }
    }

    private static void put(ObjectNode into, ProbeVerdict verdict) {
        into.put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
        into.put("at", verdict.at().toString());
        into.put("reason", verdict.reason());
        into.put("openness", verdict.openness().name().toLowerCase(Locale.ROOT));
        into.put("versioning", verdict.versioning().name().toLowerCase(Locale.ROOT));
    }

    private static void put(ObjectNode into, SyncTrend trend) {
        into.put("attempted", trend.attempted())
                .put("failed", trend.failed())
                .put("skipped", trend.skipped())
                .put("pushed", trend.pushed())
                .put("adopted", trend.adopted())
                .put("rolled_back", trend.rolledBack());
    }
}
