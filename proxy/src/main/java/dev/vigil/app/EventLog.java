// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Deadline;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.RefreshReport;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.SaveTrouble;
import dev.vigil.auth.TimeSource;
import dev.vigil.proxy.ExchangeReport;
import dev.vigil.proxy.ProxyEvents;
import dev.vigil.snapshot.SnapshotRounds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes down what happened, one line each, as JSON for programs and as a sentence for people. Any thread may call; the
 * sink does not block. A line never holds a secret: no report carries one, and an authorization is asked for its words only.
 *
 * <p>The format of {@code log/vigil.jsonl}, version 1, UTF-8. Every line has {@code v}, {@code time} (ISO 8601, UTC) and
 * {@code event}; the other fields of an event are always there, null where unknown. Readers skip fields and events that
 * they do not know.
 *
 * <pre>
 *   exchange       connector client user_agent http method tool status upstream_status duration_ms generation bytes_up
 *                  bytes_down outcome detail
 *   refresh        connector trigger outcome category attempt generation time_to_expiry_s next_try took_ms reason
 *                  skew_s (of the server's clock, ahead of ours; null within 30 s)
 *   authorization  connector from to reason since action
 *   snapshot       connector outcome (taken, not_taken) detail
 *   turned_away    why detail
 *   save_failed    connector reason lasting_s tries
 *   saved          connector lasted_s tries
 *   unreadable     connector reason
 *   answer_lost    connector reason deadline
 *   login_due      connector reason deadline action
 *   daemon         state (started, stopping, stopped, reloaded, config_refused, keys_rotated, ...) detail
 * </pre>
 */
final class EventLog implements AuthEvents, ProxyEvents, SnapshotRounds.Told {

    /** Takes a line for good. Any thread may call; never blocks, never throws. */
    @FunctionalInterface
    interface Sink {
        void write(String json, String sentence);

        /** The same of what no person needs to see at once. */
        default void quietly(String json) {
            write(json, "");
        }
    }

    private static final int LONGEST_SENTENCE = 1000;

    private final TimeSource time;
    private final Function<String, Optional<Connector>> connectors;
    private final Function<String, Optional<Duration>> skews;
    private final Sentences sentences;
    private final Sink sink;

    /**
     * @param connectors a connector by its name, as configured now; asked on any thread
     * @param skews how far the clock of a connector's server is from ours, where that is worth telling; asked likewise
     */
    EventLog(
            TimeSource time,
            Function<String, Optional<Connector>> connectors,
            Function<String, Optional<Duration>> skews,
            Sentences sentences,
            Sink sink) {
        this.time = time;
        this.connectors = connectors;
        this.skews = skews;
        this.sentences = sentences;
        this.sink = sink;
    }

    @Override
    public void exchanged(ExchangeReport report) {
        Instant now = now();
        LogLine line = new LogLine(now, "exchange")
                .with("connector", report.connector())
                .with("client", report.client())
                .with("user_agent", report.userAgent())
                .with("http", report.httpMethod())
                .with("method", report.method())
                .with("tool", report.tool())
                .with("status", report.status())
                .with("upstream_status", report.upstreamStatus())
                .with("duration_ms", report.took().toMillis())
                .with("generation", report.generation())
                .with("bytes_up", report.bytesUp())
                .with("bytes_down", report.bytesDown())
                .with("outcome", report.outcome())
                .with("detail", report.detail());
        write(now, line, sentences.exchanged(report));
    }

    @Override
    public void refreshed(RefreshReport report) {
        Instant now = now();
        Optional<Duration> skew = skews.apply(report.connector());
        LogLine line = new LogLine(now, "refresh")
                .with("connector", report.connector())
                .with("trigger", report.trigger().word())
                .with("outcome", report.outcome())
                .with("category", report.category().map(FailureCategory::word))
                .with("attempt", report.attempt())
                .with("generation", report.generation())
                .withSeconds("time_to_expiry_s", report.timeToExpiry())
                .withTime("next_try", report.nextTry())
                .with("took_ms", report.took().toMillis())
                .with("reason", report.reason())
                .withSeconds("skew_s", skew);
        write(
                now,
                line,
                sentences.refreshed(report)
                        + skew.map(off -> ", the server's clock is " + Sentences.apart(off))
                                .orElse(""));
    }

    @Override
    public void authorizationChanged(String connector, Authorization before, Authorization after) {
        Instant now = now();
        Standing standing = Standing.of(connector, connectors.apply(connector), after);
        LogLine line = new LogLine(now, "authorization")
                .with("connector", connector)
                .with("from", before.word())
                .with("to", after.word())
                .with("reason", standing.reason())
                .withTime("since", standing.since())
                .with("action", standing.action());
        write(now, line, connector + ": " + sentences.stands(standing, now));
    }

    @Override
    public void saveFailed(SaveTrouble trouble) {
        Instant now = now();
        LogLine line = new LogLine(now, "save_failed")
                .with("connector", trouble.connector())
                .with("reason", trouble.reason())
                .withSeconds("lasting_s", Optional.of(trouble.lasting()))
                .with("tries", trouble.tries());
        write(now, line, sentences.saveFailed(trouble));
    }

    @Override
    public void saved(SaveTrouble trouble) {
        Instant now = now();
        LogLine line = new LogLine(now, "saved")
                .with("connector", trouble.connector())
                .withSeconds("lasted_s", Optional.of(trouble.lasting()))
                .with("tries", trouble.tries());
        write(now, line, sentences.saved(trouble));
    }

    @Override
    public void grantUnreadable(String connector, String reason) {
        Instant now = now();
        LogLine line =
                new LogLine(now, "unreadable").with("connector", connector).with("reason", reason);
        write(now, line, connector + ": the stored login cannot be read: " + reason);
    }

    @Override
    public void answerLost(String connector, String reason, Optional<Instant> deadline) {
        Instant now = now();
        LogLine line = new LogLine(now, "answer_lost")
                .with("connector", connector)
                .with("reason", reason)
                .withTime("deadline", deadline);
        write(now, line, sentences.answerLost(connector, reason, deadline, now));
    }

    @Override
    public void loginDue(String connector, Live last) {
        Instant now = now();
        Optional<String> reason = last.grant().refusal().map(Refusal::oauthError);
        Optional<Instant> deadline = last.schedule().expiresAt().map(Deadline::wall);
        Optional<String> action =
                Standing.of(connector, connectors.apply(connector), last).action();
        LogLine line = new LogLine(now, "login_due")
                .with("connector", connector)
                .with("reason", reason)
                .withTime("deadline", deadline)
                .with("action", action);
        write(now, line, sentences.loginDue(connector, reason, deadline, action, now));
    }

    @Override
    public void taken(String connector, String what) {
        snapshot(connector, "taken", what);
    }

    @Override
    public void notTaken(String connector, String reason) {
        snapshot(connector, "not_taken", reason);
    }

    private void snapshot(String connector, String outcome, String detail) {
        Instant now = now();
        LogLine line = new LogLine(now, "snapshot")
                .with("connector", connector)
                .with("outcome", outcome)
                .with("detail", detail);
        write(now, line, connector + ": snapshot " + outcome.replace('_', ' ') + ": " + detail);
    }

    @Override
    public void turnedAway(String why, String detail) {
        Instant now = now();
        LogLine line = new LogLine(now, "turned_away").with("why", why).with("detail", detail);
        write(now, line, "a client was turned away (" + why + "): " + detail);
    }

    /** @param state one of the words in the class comment */
    void daemon(String state, String detail) {
        Instant now = now();
        write(
                now,
                new LogLine(now, "daemon").with("state", state).with("detail", detail),
                state.replace('_', ' ') + ": " + detail);
    }

    /** A config that was changed under us and cannot be used; the one before goes on. */
    void configRefused(List<String> problems) {
        daemon("config_refused", "the settings in force stay. " + String.join("; ", problems));
    }

    private void write(Instant now, LogLine line, String sentence) {
        sink.write(line.toString(), sentences.clock(now) + " " + LogLine.shown(sentence, LONGEST_SENTENCE));
    }

    private Instant now() {
        return time.now().wall();
    }
}
