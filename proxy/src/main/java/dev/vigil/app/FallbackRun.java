// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.vault.Journal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One run of the fallback and its health signal. As JSON it is a line of {@code events/refresh-runs.jsonl} and the answer
 * of {@code vigil refresh --json}:
 *
 * <pre>
 * v           1
 * time        when the run began, ISO 8601 in UTC
 * exit        the exit code
 * connectors  how many it looked at
 * refreshed   how many it refreshed
 * incident    true when it acted: the main loop had missed its time
 * findings    of those that were not simply fresh
 *   connector
 *   outcome       refreshed, logged_out, login_needed, not_renewed, unreachable, unanswered or storage
 *   acted         true when a refresh was tried
 *   reason        null for a refresh that went well
 *   main_loop_at  the last heartbeat where the run acted; null for none
 * </pre>
 */
record FallbackRun(Instant at, List<Finding> findings) {
    private static final int LONGEST_REASON = 300;

    /** What was found of one connector; the exit code that goes with it, of which the worst is the run's. */
    enum Outcome {
        FRESH(0),
        REFRESHED(0),
        LOGGED_OUT(3),
        LOGIN_NEEDED(3),
        /** The token has expired although the main loop looks after it; nothing was tried. */
        NOT_RENEWED(5),
        UNREACHABLE(5),
        UNANSWERED(5),
        STORAGE(6);

        private final int exit;

        Outcome(int exit) {
            this.exit = exit;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param beat of the main loop, where the run acted */
    record Finding(String connector, Outcome outcome, boolean acted, Optional<String> reason, Optional<Instant> beat) {

        static Finding seen(String connector, Outcome outcome, Optional<String> reason) {
            return new Finding(connector, outcome, false, reason, Optional.empty());
        }

        static Finding acted(String connector, Outcome outcome, Optional<String> reason, Optional<Instant> beat) {
            return new Finding(connector, outcome, true, reason, beat);
        }
    }

    FallbackRun {
        findings = List.copyOf(findings);
    }

    /** Without the connectors that nobody has logged in to: there is nothing to keep alive. */
    FallbackRun ofLogins() {
        return new FallbackRun(
                at,
                findings.stream()
                        .filter(found -> found.outcome() != Outcome.LOGGED_OUT)
                        .toList());
    }

    int exit() {
        return findings.stream().mapToInt(found -> found.outcome().exit).max().orElse(0);
    }

    boolean isIncident() {
        return findings.stream().anyMatch(Finding::acted);
    }

    private long refreshed() {
        return findings.stream()
                .filter(found -> found.outcome() == Outcome.REFRESHED)
                .count();
    }

    private Stream<Finding> notable() {
        return findings.stream()
                .filter(found -> found.outcome() != Outcome.FRESH)
                .sorted(Comparator.comparing(Finding::outcome).reversed());
    }

    /** The health signal, in one line for people. */
    String line(Sentences sentences) {
        if (exit() == 0 && !isIncident()) {
            return "vigil refresh: ok, " + StatusText.counted(findings.size(), "connector") + ", 0 refreshed";
        }
        return "vigil refresh: " + head() + ", "
                + notable().map(found -> words(found, sentences)).collect(Collectors.joining("; "));
    }

    private String head() {
        if (isIncident()) return "INCIDENT";
        if (exit() == Outcome.STORAGE.exit) return "STORAGE";
        return exit() == Outcome.NOT_RENEWED.exit ? "EXPIRED" : "LOGIN NEEDED";
    }

    private String words(Finding found, Sentences sentences) {
        String name = found.connector();
        String reason = found.reason().map(why -> " (" + why + ")").orElse("");
        return switch (found.outcome()) {
            case FRESH -> name + " is fresh";
            case REFRESHED -> "refreshed " + name + " (" + missed(found, sentences) + ")";
            case LOGGED_OUT -> name + " is not logged in, run: vigil login " + name;
            case LOGIN_NEEDED -> name + " needs a login" + reason + ", run: vigil login " + name;
            case NOT_RENEWED -> name + " has expired and could not be renewed" + reason;
            case UNREACHABLE -> name + " could not be refreshed for now" + reason;
            case UNANSWERED ->
                name + ": the answer to the refresh was lost" + reason + ", and the refresh token may be spent";
            case STORAGE -> name + " could not be kept" + reason;
        };
    }

    private String missed(Finding found, Sentences sentences) {
        return found.beat()
                .map(beat -> "the main loop has missed it since " + sentences.minute(beat, at))
                .orElse("the main loop has never looked at it");
    }

    ObjectNode json() {
        ObjectNode line = Journal.line(at.toString());
        line.put("exit", exit());
        line.put("connectors", findings.size());
        line.put("refreshed", refreshed());
        line.put("incident", isIncident());
        ArrayNode list = line.putArray("findings");
        notable()
                .forEach(found -> list.addObject()
                        .put("connector", found.connector())
                        .put("outcome", found.outcome().word())
                        .put("acted", found.acted())
                        .put(
                                "reason",
                                found.reason()
                                        .map(why -> LogLine.shown(why, LONGEST_REASON))
                                        .orElse(null))
                        .put("main_loop_at", found.beat().map(Instant::toString).orElse(null)));
        return line;
    }
}
