// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

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
import dev.vigil.auth.Grants;
import dev.vigil.auth.Now;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Trouble;
import dev.vigil.stdio.BridgeAnswers;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Every answer of Vigil's own that the code can give, by a name of its own. */
final class SkipCatalogue {
    private static final Instant SINCE = Instant.parse("2026-11-20T02:00:13.987Z");
    private static final Now NOW = new Now(SINCE.plusSeconds(60), Duration.ofSeconds(60));
    private static final Grant GRANT = Grants.lasting(Duration.ofHours(1), SINCE);
    private static final Skips OAUTH = new Skips(Connector.oauth("notion", Grants.SERVER), () -> NOW);
    private static final Skips KEY = new Skips(
            new Connector(
                    "context7",
                    Grants.SERVER,
                    GrantKind.HEADER,
                    Optional.of("CONTEXT7_API_KEY"),
                    List.of(),
                    Optional.empty(),
                    RefreshSettings.DEFAULT),
            () -> NOW);

    private SkipCatalogue() {}

    static Map<String, OwnAnswer> all() {
        Map<String, OwnAnswer> all = new LinkedHashMap<>();
        all.put("refused refresh", OAUTH.dead(new NeedsLogin(GRANT, "invalid_grant", SINCE)));
        all.put("refused key", KEY.of(new Verdict.KeyRefused()));
        all.put("no login", OAUTH.dead(new LoggedOut(Optional.empty())));
        all.put("stored login that does not count", OAUTH.dead(new LoggedOut(Optional.of("it was for another URL"))));
        all.put("no key", KEY.dead(new LoggedOut(Optional.empty())));
        all.put("login on another machine", OAUTH.dead(new HeldElsewhere("the bucket does not answer: 503")));
        all.put("login wanted at once", OAUTH.of(new Verdict.LoginWanted()));
        all.put("login wanted after a 401", OAUTH.notRenewed(new NotNeeded()));
        all.put("missing scopes", OAUTH.of(new Verdict.InsufficientScope(List.of("pages:write", "offline_access"))));
        all.put("missing scopes, not told", OAUTH.of(new Verdict.InsufficientScope(List.of())));
        all.put("scope that is a trap", OAUTH.of(new Verdict.InsufficientScope(List.of("a", "$(id);\"<b>\u0007"))));
        all.put("forbidden", OAUTH.of(new Verdict.Forbidden()));
        all.put("refused though fresh", OAUTH.dead(new NeedsLogin(GRANT, "rejected_though_fresh", SINCE)));
        all.put("refused right after a refresh", OAUTH.refusedThoughFresh(live(Optional.empty(), Optional.empty())));
        all.put("refresh under way", OAUTH.dead(live(Optional.empty(), Optional.empty())));
        all.put("refresh that fails", OAUTH.dead(failing()));
        all.put("machine that does not tell", OAUTH.dead(troubled(FailureCategory.SYNC, true)));
        all.put("unreadable grant", OAUTH.dead(new Unreadable("grants/notion.sealed is damaged")));
        all.put("renewed, call again", OAUTH.renewedCallAgain());
        all.put("no connection", OAUTH.trouble().unreachable("connection refused"));
        all.put("5xx", OAUTH.of(new Verdict.ServerTrouble(502, Optional.of("7"))));
        all.put("lost answer", OAUTH.trouble().lost("it reset the connection"));
        all.put("not MCP", OAUTH.of(new Verdict.NotMcp("HTTP 200 with text/html; charset=\"utf-8\"\u0007")));
        all.put("redirect", OAUTH.of(new Verdict.Redirected("https://elsewhere.example/<login>")));
        all.put("redirect of a body not held", OAUTH.of(new Verdict.Follow("https://mcp.example.com/v2;x")));
        all.put("session that is over", OAUTH.trouble().sessionOver());
        all.putAll(BridgeAnswers.of("notion"));
        return all;
    }

    static OwnAnswer named(String name) {
        return Objects.requireNonNull(all().get(name), name);
    }

    private static Authorization failing() {
        Trouble trouble = new Trouble(FailureCategory.NETWORK, "token endpoint: 503", SINCE);
        return live(Optional.of(trouble), Optional.of(Deadline.in(Duration.ofMinutes(4), NOW)));
    }

    private static Authorization troubled(FailureCategory category, boolean perhapsSpent) {
        return live(Optional.of(new Trouble(category, "laptop has not told", SINCE, perhapsSpent)), Optional.empty());
    }

    private static Live live(Optional<Trouble> trouble, Optional<Deadline> retryAt) {
        RefreshPolicy policy = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);
        return new Live(GRANT, policy.schedule(GRANT, NOW), trouble.isPresent() ? 1 : 0, trouble, retryAt);
    }

    /** A request body, as the proxy sees it. */
    static MessageScan scan(String body) {
        MessageScan scan = new MessageScan();
        scan.feed(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        scan.finish();
        return scan;
    }
}
