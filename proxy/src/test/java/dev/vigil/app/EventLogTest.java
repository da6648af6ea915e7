// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Deadline;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Now;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshReport;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.SaveTrouble;
import dev.vigil.auth.Schedule;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.Trigger;
import dev.vigil.proxy.ExchangeReport;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EventLogTest {
    private static final Instant NOW = Instant.parse("2026-11-20T14:02:03.004Z");
    private static final String SECRET = "sk-live-4711";

    private final List<String> json = new ArrayList<>();
    private final List<String> sentences = new ArrayList<>();
    private final EventLog log = new EventLog(
            () -> new Now(NOW, Duration.ZERO),
            EventLogTest::configured,
            name -> name.equals("linear") ? Optional.of(Duration.ofSeconds(432)) : Optional.empty(),
            new Sentences(ZoneOffset.UTC),
            (line, sentence) -> {
                json.add(line);
                sentences.add(sentence);
            });

    @Test
    void everyEventIsOneLineAsFrozenInTheSample() throws IOException {
        everyEvent();
        assertThat(String.join("\n", json)).isEqualTo(sample("event-log-v1.jsonl"));
    }

    @Test
    void everyEventIsASentenceForPeople() throws IOException {
        everyEvent();
        assertThat(String.join("\n", sentences)).isEqualTo(sample("event-log-sentences.txt"));
    }

    @Test
    void noSecretOfAnAuthorizationReachesTheLog() {
        for (Authorization before : authorizations()) {
            for (Authorization after : authorizations()) {
                log.authorizationChanged("notion", before, after);
            }
        }
        assertThat(json).hasSize(16);
        assertThat(json.toString() + sentences).doesNotContain(SECRET).doesNotContain("[secret]");
    }

    @Test
    void whatComesFromOutsideCannotBreakALineOrDriveATerminal() {
        String hostile = "\u001b[2J\r\n{\"event\":\"forged\"}\u009b0m\u202e\u2028" + "x".repeat(10_000);
        log.exchanged(exchange(hostile, "passed", Optional.of(hostile)));
        log.turnedAway("host", hostile);
        for (String line : json) {
            assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}]").hasSizeLessThan(3000);
            assertThat(new JsonMapper().readTree(line).get("event").asString()).isNotEqualTo("forged");
        }
        for (String sentence : sentences) {
            assertThat(sentence)
                    .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}]")
                    .hasSizeLessThan(1500);
        }
    }

    private static Optional<Connector> configured(String name) {
        URI url = URI.create("https://" + name + "/mcp");
        return Optional.of(
                name.equals("c7")
                        ? new Connector(
                                name,
                                url,
                                GrantKind.HEADER,
                                Optional.of("X-Key"),
                                List.of(),
                                Optional.empty(),
                                RefreshSettings.DEFAULT)
                        : Connector.oauth(name, url));
    }

    private void everyEvent() {
        log.daemon("started", "http://127.0.0.1:7470, connectors: 3");
        log.exchanged(exchange("notion-search", "passed", Optional.empty()));
        log.exchanged(exchange("notion-search", "skipped", Optional.of("authorization_expired: invalid_grant")));
        log.exchanged(new ExchangeReport(
                NOW,
                Duration.ofMillis(3),
                "notion",
                Optional.empty(),
                Optional.empty(),
                "GET",
                Optional.empty(),
                Optional.empty(),
                405,
                0,
                0,
                0,
                12,
                "refused",
                Optional.empty()));
        log.refreshed(refresh("refreshed", Optional.empty(), Optional.empty(), Optional.of(Duration.ofHours(1))));
        log.refreshed(
                refresh("adopted", Optional.empty(), Optional.of("somebody else had refreshed"), Optional.empty()));
        log.refreshed(
                refresh("rejected", Optional.of(FailureCategory.AUTH), Optional.of("invalid_grant"), Optional.empty()));
        log.refreshed(refresh(
                "unreachable",
                Optional.of(FailureCategory.NETWORK),
                Optional.of("connection refused"),
                Optional.of(Duration.ofSeconds(-61))));
        log.refreshed(refresh(
                "waiting",
                Optional.of(FailureCategory.WAITING),
                Optional.of("laptop is refreshing it"),
                Optional.of(Duration.ofSeconds(61))));
        log.refreshed(
                refresh("linear", "refreshed", Optional.empty(), Optional.empty(), Optional.of(Duration.ofHours(1))));
        log.authorizationChanged(
                "notion", new LoggedOut(Optional.empty()), authorizations().get(2));
        log.authorizationChanged("notion", authorizations().get(2), new NotNeeded());
        log.authorizationChanged(
                "notion", new NotNeeded(), new LoggedOut(Optional.of("the stored login is for another")));
        log.authorizationChanged("c7", new NotNeeded(), new NeedsLogin(key(), "key_refused", NOW));
        log.authorizationChanged("c7", new NotNeeded(), new Unreadable("grants/c7.sealed: not sealed by this vault"));
        log.saveFailed(saving(1, Duration.ZERO));
        log.saveFailed(saving(36, Duration.ofMinutes(15)));
        log.saved(saving(36, Duration.ofSeconds(930)));
        log.grantUnreadable("notion", "grants/notion.sealed: cut short");
        log.answerLost("notion", "connection reset", Optional.of(NOW.plusSeconds(600)));
        log.loginDue("notion", last(Optional.of(Duration.ofMinutes(10))));
        log.loginDue("notion", last(Optional.empty()));
        log.taken("notion", "2026-07-28: tools 12");
        log.notTaken("notion", "initialize: connection refused");
        log.turnedAway("local_key", "POST /mcp/notion showed no key");
        log.configRefused(List.of("vigil.yaml:1:1: lisen: unknown key"));
        log.daemon("stopped", "0 exchanges were cut off");
    }

    private static SaveTrouble saving(int tries, Duration lasting) {
        return new SaveTrouble("notion", "grants/notion.sealed: no space left", lasting, tries);
    }

    private static ExchangeReport exchange(String tool, String outcome, Optional<String> detail) {
        return new ExchangeReport(
                NOW,
                Duration.ofMillis(212),
                "notion",
                Optional.of("claude-code"),
                Optional.of("claude-code/2.1"),
                "POST",
                Optional.of("tools/call"),
                Optional.of(tool),
                200,
                outcome.equals("passed") ? 200 : 0,
                7,
                120,
                4096,
                outcome,
                detail);
    }

    private static RefreshReport refresh(
            String outcome, Optional<FailureCategory> category, Optional<String> reason, Optional<Duration> left) {
        return refresh("notion", outcome, category, reason, left);
    }

    private static RefreshReport refresh(
            String connector,
            String outcome,
            Optional<FailureCategory> category,
            Optional<String> reason,
            Optional<Duration> left) {
        return new RefreshReport(
                connector,
                Trigger.SCHEDULE,
                outcome,
                category,
                reason,
                2,
                Duration.ofMillis(340),
                8,
                left,
                left.map(life -> NOW.plusSeconds(2580)));
    }

    private static List<Authorization> authorizations() {
        return List.of(
                new NotNeeded(),
                new LoggedOut(Optional.empty()),
                new NeedsLogin(login(), "invalid_grant", NOW.minusSeconds(120)),
                new Unreadable("grants/notion.sealed: cut short"));
    }

    private static Live last(Optional<Duration> left) {
        Now now = new Now(NOW, Duration.ZERO);
        Optional<Deadline> end = left.map(time -> Deadline.in(time, now));
        return new Live(
                login().refused(new Refusal("invalid_grant", NOW, Optional.of(NOW))),
                new Schedule(end, end, end, end),
                1,
                Optional.empty(),
                end);
    }

    private static Grant login() {
        Secret secret = new Secret(SECRET);
        RegisteredClient client = new RegisteredClient(
                "https://as",
                "client",
                Optional.of(secret),
                Optional.empty(),
                "none",
                URI.create("http://127.0.0.1/cb"));
        OAuthBinding binding = new OAuthBinding(
                "https://as",
                URI.create("https://as/token"),
                Optional.empty(),
                "https://x",
                client,
                Optional.empty(),
                List.of(),
                Optional.empty());
        return new Grant(
                "notion", URI.create("https://x/mcp"), 1, NOW, Optional.of(binding), tokens(secret), Optional.empty());
    }

    private static Grant key() {
        return new Grant(
                "c7",
                URI.create("https://x/mcp"),
                1,
                NOW,
                Optional.empty(),
                tokens(new Secret(SECRET)),
                Optional.empty());
    }

    private static TokenSet tokens(Secret secret) {
        return new TokenSet(
                secret,
                Optional.of(secret),
                NOW,
                Optional.of(NOW.plusSeconds(60)),
                Optional.empty(),
                TokenSource.LOGIN,
                1,
                Optional.empty());
    }

    private static String sample(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(EventLogTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
