// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Now;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Trouble;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract with agents and hooks: golden texts, one for each shape. */
class SkipReplyTest {
    private static final Instant SINCE = Instant.parse("2026-11-20T02:00:13.987Z");
    private static final Now NOW = new Now(SINCE.plusSeconds(60), Duration.ofSeconds(60));
    private static final Grant GRANT = Grants.lasting(Duration.ofHours(1), SINCE);
    private static final Skips SKIPS = new Skips(Connector.oauth("notion", Grants.SERVER), () -> NOW);
    private static final OwnAnswer EXPIRED = SKIPS.dead(new NeedsLogin(GRANT, "invalid_grant", SINCE));
    private static final String SENTENCE =
            "authorization expired for notion: skipped. The call to notion-search was not sent."
                    + " A person must run: vigil login notion. Until then every call to notion gives this answer."
                    + " Other servers are unaffected.";
    private static final String DETAIL = "{\"version\":1,\"kind\":\"authorization_expired\",\"connector\":\"notion\","
            + "\"tool\":\"notion-search\",\"reason\":\"invalid_grant\",\"since\":\"2026-11-20T02:00:13Z\",\"sent\":false,"
            + "\"retryable\":false,\"action\":\"vigil login notion\"}";

    @Test
    void toolCallIsSkippedWithAResultThatReachesTheModel() {
        assertThat(
                        answer(
                                "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"notion-search\"}}"))
                .isEqualTo(
                        "200 {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"isError\":true,\"content\":[{\"type\":\"text\","
                                + "\"text\":\"" + SENTENCE + "\"}],\"_meta\":{\"dev.vigil/skip\":" + DETAIL + "}}}");
    }

    /** To wait would be no help: nothing here is sent any more before a person has decided. */
    @Test
    void loginThatAnotherMachineHasLeftInDoubtNamesTheWayToTakeItOver() {
        assertThat(unavailable(new Trouble(FailureCategory.SYNC, "laptop has not told", SINCE, true)))
                .isEqualTo("200 {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1401,\"message\":\""
                        + "the token for notion could not be renewed in time: skipped. The request was not sent."
                        + " Another machine began to renew it and has not told what came of it. Vigil waits for that"
                        + " machine. If it will not come back, a person must run: vigil refresh --take-over notion.\","
                        + "\"data\":{\"version\":1,\"kind\":\"authorization_unavailable\",\"connector\":\"notion\","
                        + "\"reason\":\"sync\",\"since\":\"2026-11-20T02:00:13Z\",\"sent\":false,\"retryable\":true,"
                        + "\"retryAfter\":30,\"action\":\"vigil refresh --take-over notion\"}}}");
    }

    @Test
    void whatVigilGoesOnTryingByItselfNamesNoAction() {
        for (Trouble passing : List.of(
                new Trouble(FailureCategory.WAITING, "laptop is refreshing it", SINCE),
                new Trouble(FailureCategory.SYNC, "the bucket does not answer", SINCE),
                new Trouble(FailureCategory.NETWORK, "reset", SINCE, true))) {
            assertThat(unavailable(passing))
                    .contains("Vigil goes on trying")
                    .contains("\"reason\":\"" + passing.category().word() + "\"")
                    .doesNotContain("action");
        }
    }

    private static String unavailable(Trouble trouble) {
        Live live = new Live(
                GRANT,
                new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT).schedule(GRANT, NOW),
                1,
                Optional.of(trouble),
                Optional.empty());
        return answer("{\"id\":1,\"method\":\"initialize\"}", SKIPS.dead(live));
    }

    @Test
    void toolCallOfTheNewEraSaysThatItsResultIsComplete() {
        assertThat(answer("{\"id\":\"a\\u0062\",\"method\":\"tools/call\",\"params\":{\"name\":\"notion-search\","
                        + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}"))
                .startsWith(
                        "200 {\"jsonrpc\":\"2.0\",\"id\":\"a\\u0062\",\"result\":{\"resultType\":\"complete\",\"isError\":true,")
                .endsWith("\"_meta\":{\"dev.vigil/skip\":" + DETAIL + "}}}");
    }

    @Test
    void otherRequestsGetAnErrorInA200() {
        assertThat(answer("{\"id\":1,\"method\":\"initialize\"}"))
                .isEqualTo("200 {\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1401,\"message\":\""
                        + SENTENCE.replace("The call to notion-search", "The request") + "\",\"data\":"
                        + DETAIL.replace("\"tool\":\"notion-search\",", "") + "}}");
    }

    @Test
    void notificationsAndAnswersAreTakenWithoutAWord() {
        assertThat(answer("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}"))
                .isEqualTo("202 ");
        assertThat(answer("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{}}")).isEqualTo("202 ");
    }

    @Test
    void batchGetsOneAnswerForEachRequest() {
        String answer = answer("[{\"id\":1,\"method\":\"ping\"},{\"method\":\"notifications/x\"},"
                + "{\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"t\"}}]");
        assertThat(answer)
                .startsWith("200 [{\"jsonrpc\":\"2.0\",\"id\":1,\"error\"")
                .contains("},{\"jsonrpc\":\"2.0\",\"id\":2,\"result\"");
    }

    @Test
    void whatIsNoJsonIsSaidSo() {
        assertThat(answer("nonsense")).startsWith("400 {\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,");
    }

    @Test
    void streamOrGoodbyeIsRefusedQuietly() {
        assertThat(SkipReply.to(HttpMethod.GET, scan(""), EXPIRED).status()).isEqualTo(405);
        assertThat(SkipReply.to(HttpMethod.DELETE, scan(""), EXPIRED).status()).isEqualTo(405);
        assertThat(SkipReply.to(HttpMethod.GET, scan(""), SKIPS.trouble().unreachable("down"))
                        .status())
                .isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "initialize,503",
        "tools/list,503",
        "server/discover,503",
        "tools/call,200",
        "resources/read,200",
        "ping,200"
    })
    void unreachableUpstreamIsWorthARetryOnlyWhileConnecting(String method, int status) {
        Reply reply = SkipReply.to(
                HttpMethod.POST,
                scan("{\"id\":1,\"method\":\"" + method + "\"}"),
                SKIPS.trouble().unreachable("connection refused"));
        assertThat(reply.status()).isEqualTo(status);
        assertThat(text(reply)).contains("\"code\":1502").contains("\"kind\":\"upstream_unreachable\"");
    }

    @Test
    void toolsNameCannotSmuggleWhatClientsCutAt() {
        assertThat(answer("{\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a<b>;\\\"c\"}}"))
                .contains("The call to a b   c was not sent.");
    }

    @Test
    void eachStateHasItsKindAndItsAdvice() {
        RefreshPolicy policy = new RefreshPolicy("m", name -> RefreshSettings.DEFAULT);
        Live live = new Live(GRANT, policy.schedule(GRANT, NOW), 0, Optional.empty(), Optional.empty());
        assertKind(new NeedsLogin(GRANT, "invalid_grant", SINCE), "authorization_expired", false, "vigil login notion");
        assertKind(
                new NeedsLogin(GRANT, "rejected_though_fresh", SINCE),
                "rejected_though_fresh",
                false,
                "vigil status notion");
        assertKind(new LoggedOut(Optional.empty()), "not_logged_in", false, "vigil login notion");
        assertKind(
                new Unreadable("grants/notion.sealed is damaged"),
                "authorization_unavailable",
                false,
                "vigil status notion");
        assertKind(live, "authorization_unavailable", true, "Nobody needs to log in");
    }

    private static void assertKind(Authorization dead, String kind, boolean retryable, String advice) {
        OwnAnswer own = SKIPS.dead(dead);
        assertThat(own.kind().word()).isEqualTo(kind);
        assertThat(own.retryable()).isEqualTo(retryable);
        assertThat(own.help()).contains(advice);
        assertThat(own.headline() + own.help()).doesNotContainPattern("[;\"<>]");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-code/2.1.329 (sdk-cli), claude-code",
        "codex-mcp-client/0.169.0, codex",
        "opencode/1.18.33, opencode",
        "node, my-client",
        ", my-client",
    })
    void clientWithoutAKeyIsToldItsOwnCommand(String agent, String client) {
        Reply reply = SkipReply.notConnected(
                HttpMethod.POST, scan("{\"id\":3,\"method\":\"initialize\"}"), Optional.ofNullable(agent));
        assertThat(text(reply))
                .contains("\"id\":3")
                .contains("Run: vigil connect " + client + "\"")
                .hasSizeLessThan(200);
    }

    private static String answer(String body) {
        return answer(body, EXPIRED);
    }

    private static String answer(String body, OwnAnswer own) {
        Reply reply = SkipReply.to(HttpMethod.POST, scan(body), own);
        return reply.status() + " " + text(reply);
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static MessageScan scan(String body) {
        MessageScan scan = new MessageScan();
        scan.feed(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        scan.finish();
        return scan;
    }
}
