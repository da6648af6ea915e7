// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.HeldElsewhere;
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
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.Trouble;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** What programs and people are told about each state, frozen in two samples. */
class StatusReportTest {
    private static final Instant WALL = Instant.parse("2026-11-20T14:02:03Z");
    private static final Now NOW = new Now(WALL, Duration.ZERO);
    private static final String FALLBACK = "{\"last_run\":\"2026-11-20T14:00:01Z\",\"last_exit\":0,"
            + "\"incidents_24h\":1,\"primary_path\":[\"c3\"]}";
    private static final String SECRET = "sk-live-4711";
    private static final RefreshPolicy POLICY = new RefreshPolicy(
            "machine",
            name -> new RefreshSettings(Optional.of(Duration.ofMinutes(12)), Optional.empty(), Optional.empty()));

    @Test
    void programsGetWhatTheSampleShows() throws IOException {
        List<String> lines = reports().stream().map(JsonNode::toString).toList();
        assertThat(String.join("\n", lines)).isEqualTo(sample("status-v1.jsonl"));
    }

    @Test
    void peopleGetWhatTheSampleShows() throws IOException {
        StatusText text = new StatusText(new Sentences(ZoneOffset.UTC), WALL);
        JsonNode daemon = new JsonMapper()
                .readTree(
                        "{\"url\":\"http://127.0.0.1:7470\",\"pid\":4711,\"started\":\"2026-11-19T08:00:00Z\","
                                + "\"turned_away\":{\"count\":2,\"at\":\"2026-11-20T14:01:00Z\",\"last\":\"codex showed no local key\"}}");
        List<String> lines = new ArrayList<>(text.overview(daemon, new JsonMapper().readTree(FALLBACK), reports()));
        lines.add("");
        lines.addAll(text.details(daemon, withLogins(reports())));
        assertThat(String.join("\n", lines)).isEqualTo(sample("status.txt"));
    }

    private static List<JsonNode> withLogins(List<JsonNode> reports) {
        List<String> past = List.of(
                "{\"count\":0,\"avoidable\":0,\"last_at\":null,\"last_reason\":null}",
                "{\"count\":1,\"avoidable\":0,\"last_at\":\"2026-11-01T08:00:00Z\",\"last_reason\":\"first\"}",
                "{\"count\":2,\"avoidable\":0,\"last_at\":\"2026-11-20T08:00:00Z\",\"last_reason\":\"invalid_grant\"}",
                "{\"count\":3,\"avoidable\":1,\"last_at\":\"2026-11-20T08:00:00Z\",\"last_reason\":\"by_choice\"}",
                "{\"count\":4,\"avoidable\":2,\"last_at\":\"2026-11-20T08:00:00Z\",\"last_reason\":\"needless\"}");
        for (int i = 0; i < past.size(); i++) {
            ((ObjectNode) reports.get(i)).set("logins", new JsonMapper().readTree(past.get(i)));
        }
        return reports;
    }

    @Test
    void wishThatTheTokensDoNotAllowIsNoted() {
        RefreshSettings wish =
                new RefreshSettings(Optional.of(Duration.ofHours(2)), Optional.empty(), Optional.empty());
        Connector connector = new Connector(
                "slow",
                URI.create("https://mcp.example.com/mcp"),
                GrantKind.OAUTH,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                wish);
        Live live = live(grant(Optional.of(binding()), Optional.of(Duration.ofHours(1)), true));
        JsonNode report = StatusReport.of(connector, live, Optional.empty(), NOW);
        assertThat(report.path("note").asString())
                .isEqualTo("refresh.skew is 7200 s, which does not fit tokens that live 3600 s: 3240 s is used");
        assertThat(new StatusText(new Sentences(ZoneOffset.UTC), WALL).details(NullNode.getInstance(), List.of(report)))
                .anyMatch(line -> line.strip().startsWith("note ") && line.contains("3240 s is used"));
    }

    @Test
    void accessTokenThatOutlivesItsRefreshTokenSaysWhenALoginIsNeeded() {
        Live live = live(grant(Optional.of(binding()), Optional.of(Duration.ofHours(1)), true));
        Grant refused = live.grant().refused(new Refusal("invalid_grant", WALL, Optional.of(WALL.minusSeconds(9))));
        Deadline end = live.schedule().expiresAt().orElseThrow();
        Trouble lost = new Trouble(FailureCategory.AUTH, "invalid_grant after a lost answer", WALL, true);
        Live last = new Live(refused, live.schedule(), 1, Optional.of(lost), Optional.of(end));
        Connector connector = Connector.oauth("notion", URI.create("https://mcp.example.com/mcp"));
        JsonNode report = StatusReport.of(connector, last, Optional.empty(), NOW);
        assertThat(report.path("standing").asString()).isEqualTo("logged in, for the last time");
        assertThat(report.path("next_step").asString()).isEqualTo("login");
        assertThat(report.path("next_at").asString()).isEqualTo(end.wall().toString());
        assertThat(report.path("action").asString()).isEqualTo("vigil login notion");
    }

    @Test
    void everyValueStandsInOneColumn() {
        List<String> fields = new StatusText(new Sentences(ZoneOffset.UTC), WALL)
                .details(NullNode.getInstance(), withLogins(reports())).stream()
                        .filter(line -> line.startsWith(" "))
                        .toList();
        assertThat(fields).anyMatch(line -> line.contains("logins by a person"));
        assertThat(fields).allMatch(line -> line.matches("  [a-z][a-z' ]{17} \\S.*"));
    }

    @Test
    void noSecretIsTold() {
        assertThat(reports().toString()).doesNotContain(SECRET).doesNotContain("[secret]");
    }

    @Test
    void everyStateIsAmongThese() {
        Class<?>[] all = Arrays.stream(Authorization.class.getPermittedSubclasses())
                .filter(Authorization.class::isAssignableFrom)
                .toArray(Class<?>[]::new);
        assertThat(states().stream().map(Object::getClass).distinct()).containsExactlyInAnyOrder(all);
    }

    private static List<JsonNode> reports() {
        List<JsonNode> reports = new ArrayList<>();
        int number = 1;
        for (Authorization state : states()) {
            Connector connector = Connector.oauth("c" + number++, URI.create("https://mcp.example.com/mcp"));
            reports.add(StatusReport.of(connector, state, skew(connector), NOW));
        }
        Connector key = new Connector(
                "key",
                URI.create("https://key/mcp"),
                GrantKind.HEADER,
                Optional.of("X-Key"),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
        reports.add(
                StatusReport.of(key, live(grant(Optional.empty(), Optional.empty(), false)), Optional.empty(), NOW));
        reports.add(StatusReport.of(key, new LoggedOut(Optional.empty()), Optional.empty(), NOW));
        return reports;
    }

    private static Optional<Duration> skew(Connector connector) {
        return connector.name().equals("c6") ? Optional.of(Duration.ofSeconds(-432)) : Optional.empty();
    }

    private static List<Authorization> states() {
        Optional<Duration> hour = Optional.of(Duration.ofHours(1));
        Live fresh = live(grant(Optional.of(binding()), hour, true));
        Deadline retry = Deadline.at(WALL.plusSeconds(30), NOW);
        Trouble trouble = new Trouble(FailureCategory.NETWORK, "connection refused", WALL.minusSeconds(90));
        Trouble unsaved = new Trouble(FailureCategory.STORAGE, "disk full", WALL.minusSeconds(90));
        Trouble lost = new Trouble(FailureCategory.NETWORK, "connection reset", WALL.minusSeconds(90), true);
        Trouble waiting = new Trouble(FailureCategory.WAITING, "laptop is refreshing it", WALL.minusSeconds(9));
        Trouble left =
                new Trouble(FailureCategory.SYNC, "laptop has not told what came of it", WALL.minusSeconds(90), true);
        return List.of(
                new NotNeeded(),
                new LoggedOut(Optional.empty()),
                new LoggedOut(Optional.of("the stored login is for https://old, not for https://new")),
                new Unreadable("grants/c4.sealed is cut short. Restore it from a backup"),
                new NeedsLogin(fresh.grant(), "invalid_grant", WALL.minusSeconds(7200)),
                fresh,
                new Live(fresh.grant(), fresh.schedule(), 3, Optional.of(trouble), Optional.of(retry)),
                live(grant(Optional.of(binding()), hour, false)),
                live(grant(Optional.of(binding()), Optional.empty(), true)),
                new Live(fresh.grant(), fresh.schedule(), 0, Optional.of(unsaved), Optional.empty()),
                new Live(fresh.grant(), fresh.schedule(), 2, Optional.of(lost), Optional.of(retry)),
                new HeldElsewhere("another machine may hold it, but the bucket cannot be read: no answer in time"),
                new Live(fresh.grant(), fresh.schedule(), 0, Optional.of(waiting), Optional.of(retry)),
                new Live(fresh.grant(), fresh.schedule(), 1, Optional.of(left), Optional.of(retry)));
    }

    private static Live live(Grant grant) {
        Grant planned = POLICY.planned(grant, NOW);
        return new Live(planned, POLICY.schedule(planned, NOW), 0, Optional.empty(), Optional.empty());
    }

    private static Grant grant(Optional<OAuthBinding> binding, Optional<Duration> life, boolean renewable) {
        Instant issued = WALL.minusSeconds(600);
        TokenSet tokens = new TokenSet(
                new Secret(SECRET),
                renewable ? Optional.of(new Secret(SECRET)) : Optional.empty(),
                issued,
                life.map(issued::plus),
                Optional.empty(),
                binding.isPresent() ? TokenSource.REFRESH : TokenSource.CONFIGURED,
                7,
                Optional.empty());
        return new Grant("c", URI.create("https://mcp.example.com/mcp"), 1, issued, binding, tokens, Optional.empty());
    }

    private static OAuthBinding binding() {
        RegisteredClient client = new RegisteredClient(
                "https://as", "client", Optional.empty(), Optional.empty(), "none", URI.create("http://127.0.0.1/cb"));
        return new OAuthBinding(
                "https://as",
                URI.create("https://as/token"),
                Optional.empty(),
                "https://mcp.example.com/mcp",
                client,
                Optional.of("ada"),
                List.of("read", "write"),
                Optional.empty());
    }

    private static String sample(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(StatusReportTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
