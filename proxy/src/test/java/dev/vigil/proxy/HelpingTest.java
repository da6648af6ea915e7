// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.Refusal;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The link of a login in place of a skip: for whom, how often, and what becomes of the call. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HelpingTest {
    private static final Facing INTERACTIVE = new Facing(false, true, Optional.empty());
    private static final String URL_CAPABILITY = "{\"elicitation\":{\"form\":{},\"url\":{}}}";
    private static final String SKIPPED = "authorization expired for notion: skipped";
    private static final String LINK = "\"url\":\"http://127.0.0.1:%d/login/";

    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    private volatile boolean refusing;

    HelpingTest() throws IOException {
        upstream = new ScriptedUpstream((request, out) -> {
            if (refusing) {
                ScriptedUpstream.json(out, 401, "{}");
            } else if (request.body().contains("\"initialize\"")) {
                ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", "Mcp-Session-Id: up");
            } else if (request.body().contains("notifications/")) {
                ScriptedUpstream.write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
            } else {
                ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"content\":[]}}");
            }
        });
        proxy = new RunningProxy(upstream.url()).facing(INTERACTIVE).loggedIn(Duration.ofHours(1));
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void unattendedRunThatDeclaresEverythingGetsThePlainSkipByDefault() throws Exception {
        proxy.facing(Facing.PLAIN);
        String session = session(URL_CAPABILITY);
        die();
        assertThat(legacy(session, "2025-11-25"))
                .contains(SKIPPED, "\"isError\":true")
                .doesNotContain("/login/");
        assertThat(modern(URL_CAPABILITY, ""))
                .contains(SKIPPED, "\"isError\":true")
                .doesNotContain("/login/");
    }

    @Test
    void callOf20251125GetsTheLinkAndWorksAfterTheLogin() throws Exception {
        String session = session(URL_CAPABILITY);
        die();
        String help = legacy(session, "2025-11-25");
        assertThat(help).contains("\"code\":-32042", LINK.formatted(proxy.server.port()), "\"dev.vigil/skip\"");
        assertThat(proxy.links.connectorOf(id(help))).contains("notion");
        assertThat(help).doesNotContain(RunningProxy.KEY);
        assertThat(id(legacy(session, "2025-11-25"))).as("the same again").isEqualTo(id(help));
        comeBack();
        assertThat(legacy(session, "2025-11-25")).contains("\"content\":[]");
    }

    @Test
    void callOf20260728IsAskedAndItsAnswerToUsNeverReachesTheServer() throws Exception {
        die();
        String help = modern(URL_CAPABILITY, "");
        assertThat(help)
                .contains("\"resultType\":\"input_required\"", "\"mode\":\"url\"", LINK.formatted(proxy.server.port()));
        String answered = ",\"requestState\":\"dev.vigil/login\",\"inputResponses\":{\"dev.vigil/login\":{\"action\":"
                + "\"accept\"}}";
        assertThat(id(modern(URL_CAPABILITY, answered))).as("not logged in yet").isEqualTo(id(help));
        comeBack();
        upstream.seen.clear();
        assertThat(modern(URL_CAPABILITY, answered)).contains("\"content\":[]");
        ScriptedUpstream.Seen sent = upstream.seen.get(0);
        assertThat(sent.body()).isEqualTo(modernCall(URL_CAPABILITY, ""));
        assertThat(modern(URL_CAPABILITY, ",\"requestState\":\"theirs\"")).contains("\"content\":[]");
        assertThat(upstream.seen.get(1).body()).contains("\"requestState\":\"theirs\"");
    }

    @Test
    void whoDeclinesGetsTheSkipAndIsNotAskedAgain() throws Exception {
        die();
        assertThat(modern(URL_CAPABILITY, "")).contains("/login/");
        String declined = ",\"requestState\":\"dev.vigil/login\",\"inputResponses\":{\"dev.vigil/login\":{\"action\":"
                + "\"cancel\"}}";
        assertThat(modern(URL_CAPABILITY, declined)).contains(SKIPPED).doesNotContain("/login/");
        assertThat(modern(URL_CAPABILITY, "")).contains(SKIPPED).doesNotContain("/login/");
    }

    @Test
    void clientThatCallsAgainAndAgainComesToTheSkip() throws Exception {
        String session = session(URL_CAPABILITY);
        die();
        for (int offer = 0; offer < 3; offer++) {
            assertThat(legacy(session, "2025-11-25")).contains("-32042");
        }
        assertThat(legacy(session, "2025-11-25"))
                .contains(SKIPPED, "\"isError\":true")
                .doesNotContain("/login/");
        assertThat(legacy(session(URL_CAPABILITY), "2025-11-25"))
                .as("nor in a new session")
                .doesNotContain("/login/");
    }

    @Test
    void nobodyIsAskedWhoCannotAnswerOrIsAnsweringTheServer() throws Exception {
        String able = session(URL_CAPABILITY);
        String unable = session("{\"elicitation\":{\"form\":{}}}");
        die();
        assertThat(legacy(able, "2025-06-18")).contains(SKIPPED).doesNotContain("/login/");
        assertThat(legacy(unable, "2025-11-25")).contains(SKIPPED).doesNotContain("/login/");
        assertThat(modern("{}", "")).contains(SKIPPED).doesNotContain("/login/");
        assertThat(modern(URL_CAPABILITY, ",\"requestState\":\"theirs\"")).doesNotContain("/login/");
        assertThat(proxy.post(modernCall(URL_CAPABILITY, "").replace("tools/call", "prompts/get")))
                .extracting(HttpResponse::body)
                .asString()
                .contains("1401")
                .doesNotContain("/login/");
    }

    private String session(String capabilities) throws Exception {
        return proxy.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                        + "\"2025-11-25\",\"capabilities\":" + capabilities + "}}")
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
    }

    private String legacy(String session, String version) throws Exception {
        HttpRequest request = proxy.request()
                .header("Content-Type", "application/json")
                .header("Mcp-Session-Id", session)
                .header("MCP-Protocol-Version", version)
                .POST(HttpRequest.BodyPublishers.ofString(RunningProxy.call(2, "search")))
                .build();
        HttpResponse<String> answer = proxy.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private String modern(String capabilities, String more) throws Exception {
        return proxy.post(modernCall(capabilities, more)).body();
    }

    private static String modernCall(String capabilities, String more) {
        return "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"search\",\"arguments\":{\"n\":1.50},"
                + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":" + capabilities + "}" + more + "},\"id\":2}";
    }

    private static String id(String help) {
        return help.replaceAll("(?s).*/login/([^\"]*)\".*", "$1");
    }

    private void die() throws Exception {
        refusing = true;
        assertThat(proxy.post(RunningProxy.call(1, "search")).body()).contains(SKIPPED);
    }

    private void comeBack() {
        refusing = false;
        proxy.loggedInAgain(2);
    }
}
