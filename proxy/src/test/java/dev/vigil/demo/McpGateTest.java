// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.demo.AuthWalk.Tokens;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class McpGateTest {
    private final Timeline time = new Timeline();
    private final List<DemoMcpServer.SeenRequest> seen = new CopyOnWriteArrayList<>();
    private final DemoAuthServer auth =
            DemoAuthServer.start(DemoAuthServer.Settings.standard().withTime(time));
    private final DemoMcpServer mcp =
            DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth).withListener(seen::add));
    private final String metadataUrl = mcp.url().replace("/mcp", "/.well-known/oauth-protected-resource/mcp");

    @AfterEach
    void close() {
        mcp.close();
        auth.close();
    }

    @Test
    void metadataLeadsToTheAuthorizationServer() throws Exception {
        JsonNode metadata = Web.json(new Web().get(metadataUrl));
        assertThat(metadata.path("resource").asString()).isEqualTo(mcp.url());
        assertThat(metadata.path("authorization_servers").path(0).asString()).isEqualTo(auth.issuer());
    }

    @Test
    void requestWithoutATokenIsToldWhereToGetOneAndNoError() throws Exception {
        HttpResponse<String> refused = new McpWalk(mcp.url()).initialize("2025-11-25");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(McpWalk.challenge(refused))
                .containsEntry("resource_metadata", metadataUrl)
                .doesNotContainKey("error");
    }

    @Test
    void unknownExpiredRevokedAndForeignTokensAreInvalid() throws Exception {
        assertInvalid("made-up");
        assertInvalid(new AuthWalk(auth, "http://127.0.0.1:1/mcp").login().access());
        AuthWalk walk = new AuthWalk(auth, mcp.url());
        Tokens expired = walk.login();
        time.advance(Duration.ofSeconds(30));
        assertInvalid(expired.access());
        Tokens revoked = walk.login();
        auth.revokeEverything();
        assertInvalid(revoked.access());
        assertThat(mcp.counts().refused()).isEqualTo(4);
    }

    @Test
    void liveTokenComesInAndIsSeenAsAFingerprintOnly() throws Exception {
        Tokens first = new AuthWalk(auth, mcp.url()).login();
        McpWalk walk = new McpWalk(mcp.url(), first.access());
        String session = walk.session("2025-11-25");
        HttpResponse<String> answer = walk.call(session, "whoami", "{}");
        JsonNode who = Web.json(answer).path("result").path("structuredContent");
        assertThat(who.path("subject").asString()).isEqualTo("demo-user");
        assertThat(who.path("generation").asInt()).isEqualTo(1);
        assertThat(answer.body()).doesNotContain(first.access());
        assertThat(mcp.counts().tokens()).containsExactly(Fingerprint.of(new Secret(first.access())));
        assertThat(seen).hasSize(2);
        assertThat(seen.toString()).doesNotContain(first.access()).contains("accept");
    }

    @Test
    void whoamiTellsTheGenerationOfARefreshedToken() throws Exception {
        AuthWalk login = new AuthWalk(auth, mcp.url());
        Tokens second = Tokens.of(login.token(login.refresh(login.login().refresh())));
        McpWalk walk = new McpWalk(mcp.url(), second.access());
        HttpResponse<String> answer = walk.modern("tools/call", "\"name\":\"whoami\",\"arguments\":{}", "whoami");
        assertThat(McpWalk.text(answer)).contains("\"generation\":2");
    }

    @Test
    void openServerAsksNobodyAndPublishesNothing() throws Exception {
        try (DemoMcpServer open = DemoMcpServer.start(DemoMcpServer.Settings.open())) {
            McpWalk walk = new McpWalk(open.url());
            assertThat(McpWalk.text(walk.call(walk.session("2025-11-25"), "whoami", "{}")))
                    .contains("anybody");
            assertThat(new Web()
                            .get(open.url().replace("/mcp", "/.well-known/oauth-protected-resource/mcp"))
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private void assertInvalid(String token) throws Exception {
        HttpResponse<String> refused = new McpWalk(mcp.url(), token).initialize("2025-11-25");
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(McpWalk.challenge(refused))
                .containsEntry("error", "invalid_token")
                .containsEntry("resource_metadata", metadataUrl);
    }
}
