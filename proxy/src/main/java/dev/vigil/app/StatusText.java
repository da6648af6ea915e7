// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The status for people, from the same JSON that programs get. Pure.
 *
 * @param now to say how long something will still last
 */
record StatusText(Sentences sentences, Instant now) {
    /** One line about the daemon and one for each connector. */
    List<String> overview(JsonNode daemon, JsonNode fallback, List<JsonNode> connectors) {
        List<String> lines = new ArrayList<>();
        lines.add(problem(daemon)
                .orElseGet(() -> daemon.isObject()
                        ? running(daemon)
                        : "No daemon is running. To start it: vigil run --background"));
        JsonNode strangers = daemon.path("turned_away");
        if (strangers.isObject()) {
            lines.add("Turned away for want of a local key: "
                    + counted(strangers.path("count").asLong(), "time") + ", last at "
                    + time(strangers, "at").map(this::moment).orElse("?") + " ("
                    + strangers.path("last").asString() + "). Run: vigil connect CLIENT");
        }
        if (connectors.isEmpty()) {
            lines.add("No connector yet. Run: vigil add NAME URL");
        }
        int width = connectors.stream()
                .mapToInt(one -> one.path("name").asString().length())
                .max()
                .orElse(0);
        connectors.forEach(one -> lines.add(one.path("name").asString()
                + " ".repeat(width - one.path("name").asString().length() + 2)
                + line(one)));
        lines.addAll(fallback(fallback));
        return lines;
    }

    private List<String> fallback(JsonNode fallback) {
        List<String> lines = new ArrayList<>();
        if (fallback.isObject()) {
            long exit = fallback.path("last_exit").asLong();
            lines.add("Fallback: last run "
                    + time(fallback, "last_run").map(this::moment).orElse("?")
                    + (exit == 0 ? " (ok), " : " (exit code " + exit + "), ")
                    + counted(fallback.path("incidents_24h").asLong(), "incident") + " in 24 hours.");
        }
        if (!fallback.path("primary_path").isEmpty()) {
            lines.add("Warning: " + RunHistory.PRIMARY);
        }
        return lines;
    }

    /** Two logins of one connector, which other commands do not see. */
    List<String> undecided(JsonNode sync, List<JsonNode> shown) {
        List<String> names =
                shown.stream().map(one -> one.path("name").asString()).toList();
        return sync.path("undecided")
                .valueStream()
                .map(JsonNode::asString)
                .filter(names::contains)
                .map(name ->
                        "Warning: " + name + " has two logins, one here and one in the bucket. " + SyncLog.decide(name))
                .toList();
    }

    /** Everything about the connectors, a field a line. */
    List<String> details(JsonNode daemon, List<JsonNode> connectors) {
        List<String> lines = new ArrayList<>();
        problem(daemon).ifPresent(lines::add);
        for (JsonNode one : connectors) {
            lines.add(one.path("name").asString() + ": " + line(one));
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("server", text(one, "url").orElse("?"));
            text(one, "port").ifPresent(port -> fields.put("at port", port + ", of its own"));
            text(one, "issuer").ifPresent(issuer -> fields.put("logged in at", issuer));
            text(one, "issuer")
                    .ifPresent(
                            known -> fields.put("account", text(one, "account").orElse("unknown")));
            scopes(one).ifPresent(scopes -> fields.put("scopes", scopes));
            time(one, "issued").ifPresent(at -> fields.put("token issued", moment(at)));
            time(one, "expires").ifPresent(at -> fields.put("token expires", moment(at)));
            time(one, "refresh_at").ifPresent(at -> fields.put("refresh planned", moment(at)));
            text(one, "source").ifPresent(source -> fields.put("token from", source));
            text(one, "generation").ifPresent(number -> fields.put("generation", number));
            text(one, "zone").ifPresent(zone -> fields.put("zone", zone));
            skew(one).ifPresent(skew -> fields.put("server's clock", Sentences.apart(skew)));
            time(one, "issued")
                    .ifPresent(known -> fields.put(
                            "last sync",
                            time(one, "last_sync").map(this::moment).orElse("never")));
            logins(one.path("logins")).ifPresent(count -> fields.put("logins by a person", count));
            fields.put("next step", next(one));
            text(one, "note").ifPresent(note -> fields.put("note", note));
            // As wide as the longest label, "logins by a person".
            fields.forEach((key, value) -> lines.add(String.format("  %-18s %s", key, value)));
        }
        return lines;
    }

    private static Optional<String> problem(JsonNode daemon) {
        return text(daemon, "problem").map(why -> "From the files, since " + why);
    }

    private String running(JsonNode daemon) {
        return "The daemon listens on " + daemon.path("url").asString() + " (process "
                + daemon.path("pid").asLong() + ", since "
                + time(daemon, "started").map(this::moment).orElse("?") + ").";
    }

    static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private String line(JsonNode one) {
        String standing = sentences.stands(
                new Standing(
                        one.path("standing").asString(),
                        text(one, "reason"),
                        time(one, "since"),
                        text(one, "action"),
                        false),
                now);
        boolean live = one.path("state").asString().equals("live");
        String life = live ? time(one, "expires").map(this::life).orElse("") : "";
        return standing + life;
    }

    private String life(Instant expires) {
        Duration left = Duration.between(now, expires);
        return left.isNegative()
                ? ", token expired " + DurationText.show(left) + " ago"
                : ", token good for " + DurationText.show(left);
    }

    private String next(JsonNode one) {
        return text(one, "next_step").orElse("?")
                + time(one, "next_at").map(at -> " at " + moment(at)).orElse("")
                + text(one, "next_reason").map(why -> ": " + why).orElse("");
    }

    private Optional<String> logins(JsonNode logins) {
        if (!logins.isObject()) {
            return Optional.empty();
        }
        String count =
                logins.path("count").asLong() + " (" + logins.path("avoidable").asLong() + " avoidable)";
        return Optional.of(count
                + time(logins, "last_at")
                        .map(at -> ", last " + sentences.day(at) + because(logins))
                        .orElse(""));
    }

    private static String because(JsonNode logins) {
        return switch (logins.path("last_reason").asString()) {
            case "first" -> ", the first";
            case "by_choice" -> " by choice";
            case "needless" -> " though nothing was wrong";
            default -> " because " + logins.path("last_reason").asString();
        };
    }

    private String moment(Instant at) {
        return sentences.moment(at, now);
    }

    private static Optional<String> scopes(JsonNode one) {
        List<String> scopes = new ArrayList<>();
        one.path("scopes").forEach(scope -> scopes.add(scope.asString()));
        return scopes.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", scopes));
    }

    private static Optional<String> text(JsonNode one, String field) {
        JsonNode value = one.path(field);
        return value.isNull() || value.isMissingNode() ? Optional.empty() : Optional.of(value.asString());
    }

    private static Optional<Duration> skew(JsonNode one) {
        JsonNode seconds = one.path("server_skew_s");
        return seconds.isNumber() ? Optional.of(Duration.ofSeconds(seconds.asLong())) : Optional.empty();
    }

    private static Optional<Instant> time(JsonNode one, String field) {
        return text(one, field).map(Instant::parse);
    }
}
