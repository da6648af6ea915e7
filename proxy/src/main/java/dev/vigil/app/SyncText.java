// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.SyncRound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Synchronization in words for a terminal, from what {@link SyncReport} writes. Pure. */
final class SyncText {
    private static final JsonMapper JSON = new JsonMapper();
    /** Steps of a round after which a login is not the same here and there, until somebody does something. */
    private static final Set<String> UNSETTLED = Set.of("two_logins", "not_adopted", "no_bucket");

    private SyncText() {}

    /** How a command ends after trouble with the bucket. */
    static Failure.Code code(boolean mayPass) {
        return mayPass ? Failure.Code.UNREACHABLE : Failure.Code.SYNC;
    }

    /** 0, also before the first round; 5 when it may go well by itself; 7 when a person must act. */
    static int exit(JsonNode round) {
        return switch (round.path("outcome").asString("none")) {
            case "failed_retriable" -> code(true).number();
            case "failed", "skipped" -> code(false).number();
            default -> wantsAPerson(round) ? code(false).number() : 0;
        };
    }

    private static boolean wantsAPerson(JsonNode round) {
        return round.path("steps")
                .valueStream()
                .anyMatch(step -> UNSETTLED.contains(step.path("what").asString("")));
    }

    static int exit(SyncRound round) {
        ObjectNode told = JSON.createObjectNode();
        SyncReport.put(told, round);
        return exit(told);
    }

    static List<String> round(JsonNode round) {
        List<String> lines = new ArrayList<>();
        lines.add(outcome(round));
        round.path("steps").forEach(step -> lines.add(step(step)));
        return lines;
    }

    static List<String> status(JsonNode status, Sentences sentences, Instant now) {
        List<String> lines = new ArrayList<>();
        lines.add("bucket     " + status.path("bucket").asString() + ", every "
                + status.path("every_s").asLong()
                + " s; this machine is " + status.path("machine").asString()
                + (status.path("read_only").asBoolean() ? ", which only reads" : ""));
        if (status.path("risk").isString()) {
            lines.add("WARNING    " + status.path("risk").asString());
        }
        lines.add("fit        " + verdict(status.path("verdict"), sentences, now));
        JsonNode last = status.path("last");
        if (last.isObject()) {
            lines.add("last       " + sentences.minute(time(last, "at"), now) + ": " + outcome(last));
            last.path("steps").forEach(step -> lines.add("           " + step(step)));
        }
        if (status.path("trend_24h").path("rolled_back").asInt() > 0) {
            lines.add(
                    "WARNING    the bucket was ROLLED BACK in the last 24 h: somebody has brought back, changed or removed"
                            + " what stood there. What each machine saw: vigil sync explain NAME");
        }
        lines.add("24 h       " + trend(status.path("trend_24h")));
        lines.add("7 days     " + trend(status.path("trend_7d")));
        status.path("foreign")
                .forEach(one -> lines.add("elsewhere  " + one.path("connector").asString() + " ("
                        + one.path("server").asString() + "), from "
                        + one.path("writer").asString()
                        + ". To take it over: vigil add "
                        + one.path("connector").asString() + " --from-bucket"));
        if (status.path("unreadable").asInt() > 0) {
            lines.add(
                    "unreadable " + StatusText.counted(status.path("unreadable").asInt(), "object")
                            + " in the bucket did not open: sealed under another key, or changed");
        }
        return lines;
    }

    private static String step(JsonNode step) {
        return step.path("connector").asString() + ": "
                + step.path("words").asString(step.path("what").asString("").replace('_', ' '));
    }

    private static String outcome(JsonNode round) {
        String reason = round.path("reason").asString("");
        return switch (round.path("outcome").asString("")) {
            case "attempted" ->
                StatusText.counted(round.path("shared").size(), "login") + " the same here and there"
                        + (round.path("warning").isString()
                                ? ". WARNING: " + round.path("warning").asString()
                                : "");
            case "skipped" -> "skipped: " + reason;
            case "failed_retriable" -> "failed, and is tried again: " + reason;
            default -> "FAILED: " + reason;
        };
    }

    private static String verdict(JsonNode verdict, Sentences sentences, Instant now) {
        if (!verdict.isObject()) {
            return "nobody has found out yet. Run: vigil sync init";
        }
        return switch (verdict.path("outcome").asString("")) {
                    case "accepted" -> "yes";
                    case "read_only" -> "to be read";
                    default -> "NO: " + verdict.path("reason").asString();
                }
                + ", found out " + sentences.moment(time(verdict, "at"), now)
                + (verdict.path("openness").asString("").equals("open") ? "; it ANSWERS STRANGERS" : "");
    }

    private static String trend(JsonNode trend) {
        int fine = trend.path("attempted").asInt();
        int failed = trend.path("failed").asInt();
        int skipped = trend.path("skipped").asInt();
        int rolledBack = trend.path("rolled_back").asInt();
        return String.format(
                Locale.ROOT,
                "%s: %d fine, %d failed, %d skipped; %d written, %d taken over%s",
                StatusText.counted(fine + failed + skipped, "round"),
                fine,
                failed,
                skipped,
                trend.path("pushed").asInt(),
                trend.path("adopted").asInt(),
                rolledBack > 0 ? "; ROLLED BACK " + StatusText.counted(rolledBack, "time") : "");
    }

    private static Instant time(JsonNode node, String field) {
        return Instant.parse(node.path(field).asString());
    }
}
