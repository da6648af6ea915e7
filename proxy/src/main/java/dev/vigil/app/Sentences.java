// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.RefreshReport;
import dev.vigil.auth.SaveTrouble;
import dev.vigil.proxy.ExchangeReport;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** The log for people: what happened, to which connector, until when, and the command that helps. Pure. */
record Sentences(ZoneId zone) {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY_SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY_MINUTES = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    /** In the time zone of this machine. */
    static Sentences here() {
        return new Sentences(ZoneId.systemDefault());
    }

    String clock(Instant time) {
        return SECONDS.format(time.atZone(zone));
    }

    String exchanged(ExchangeReport report) {
        String call = report.method().orElse(report.httpMethod())
                + report.tool().map(tool -> " " + tool).orElse("");
        String ending = report.outcome().equals("passed")
                ? "" + report.status()
                : report.outcome()
                        + report.detail().map(detail -> " (" + detail + ")").orElse("");
        String client = report.client().map(name -> ", " + name).orElse("");
        return report.connector() + ": " + call + ": " + ending + " in "
                + report.took().toMillis() + " ms" + client;
    }

    String refreshed(RefreshReport report) {
        String next =
                report.nextTry().map(at -> ", next refresh at " + clock(at)).orElse("");
        String life = report.timeToExpiry().map(Sentences::life).orElse("");
        return report.connector() + ": "
                + switch (report.outcome()) {
                    case "refreshed" -> "token renewed" + life + next;
                    case "adopted" -> "token taken over, somebody else had renewed it" + life + next;
                    case "waiting" -> "waits, " + report.reason().orElse("another machine is refreshing it") + life;
                    case "rejected" -> "refresh refused (" + report.reason().orElse("no reason given") + ")";
                    default ->
                        "refresh failed (" + cause(report) + "), attempt " + report.attempt() + life
                                + report.nextTry()
                                        .map(at -> ", next try at " + clock(at))
                                        .orElse("");
                };
    }

    /** A time of today is told without its day. */
    String moment(Instant time, Instant now) {
        return (isToday(time, now) ? SECONDS : DAY_SECONDS).format(time.atZone(zone));
    }

    String minute(Instant time, Instant now) {
        return (isToday(time, now) ? MINUTES : DAY_MINUTES).format(time.atZone(zone));
    }

    String day(Instant time) {
        return DAY.format(time.atZone(zone));
    }

    private boolean isToday(Instant time, Instant now) {
        return time.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
    }

    String stands(Standing standing, Instant now) {
        return standing.words()
                + standing.since().map(since -> " since " + minute(since, now)).orElse("")
                + standing.reason().map(reason -> " (" + reason + ")").orElse("")
                + standing.action().map(action -> ". Run: " + action).orElse("");
    }

    String answerLost(String connector, String reason, Optional<Instant> deadline, Instant now) {
        return connector + ": the answer to a refresh was lost (" + reason + "). The refresh token may be spent"
                + deadline.map(end -> "; the token at hand lasts until " + minute(end, now))
                        .orElse("");
    }

    String loginDue(
            String connector,
            Optional<String> reason,
            Optional<Instant> deadline,
            Optional<String> action,
            Instant now) {
        return connector + ": the refresh token was refused after a lost answer (" + reason.orElse("no reason given")
                + "). The token at hand serves for the last time, until "
                + deadline.map(end -> minute(end, now)).orElse("the server refuses it")
                + action.map(command -> ". Run: " + command).orElse("");
    }

    /** How far another clock is ahead of ours. */
    static String apart(Duration ahead) {
        return DurationText.show(ahead) + (ahead.isNegative() ? " behind ours" : " ahead of ours");
    }

    String saveFailed(SaveTrouble trouble) {
        String lasting = trouble.tries() == 1
                ? ""
                : ", for " + DurationText.show(trouble.lasting()) + " and " + trouble.tries() + " tries by now";
        return trouble.connector() + ": new tokens could not be saved (" + trouble.reason() + ")" + lasting
                + ". They serve from memory; a crash would lose them";
    }

    String saved(SaveTrouble trouble) {
        return trouble.connector() + ": the new tokens are saved now, after " + DurationText.show(trouble.lasting())
                + " and " + (trouble.tries() == 1 ? "1 try" : trouble.tries() + " tries") + " that failed";
    }

    private static String cause(RefreshReport report) {
        String category = report.category().map(FailureCategory::word).orElse("unknown");
        return category + report.reason().map(reason -> ": " + reason).orElse("");
    }

    private static String life(Duration left) {
        return left.isNegative()
                ? ", token expired " + DurationText.show(left) + " ago"
                : ", valid for " + DurationText.show(left);
    }
}
