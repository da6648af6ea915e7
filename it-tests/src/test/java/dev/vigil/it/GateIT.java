// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.vigil.it.NodeParts.AuthorizationServer.RefreshToken;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The parts themselves, without the product: what the gate lets pass proves something only if it refuses the rest. */
class GateIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static NodeParts parts;

    @BeforeAll
    static void startParts() {
        parts = NodeParts.start(LONG);
    }

    @AfterAll
    static void stopParts() {
        if (parts != null) {
            parts.close();
        }
    }

    @Test
    void goodTokenPasses() {
        HttpResponse<String> answer =
                call(new HandLogin(parts).tokens().path("access_token").asString());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("serverInfo");
    }

    @Test
    void missingTokenIsToldWhereToAsk() {
        HttpResponse<String> answer = Web.send(Mcp.posting(parts.gate.resource(), Mcp.INITIALIZE));

        assertThat(answer.statusCode()).isEqualTo(401);
        String challenge = answer.headers().firstValue("www-authenticate").orElse("");
        assertThat(challenge).startsWith("Bearer resource_metadata=\"").doesNotContain("error");
        String metadata = challenge.replaceFirst(".*resource_metadata=\"([^\"]+)\".*", "$1");
        assertThat(Web.getJson(metadata).path("resource").asString()).isEqualTo(parts.gate.resource());
    }

    @Test
    void inventedTokenIsRefused() {
        assertRefused(call("not-a-token-of-this-server"));
    }

    @Test
    void expiredTokenIsRefused() {
        parts.authorizationServer.accessTokensLive(SHORT);
        String token = new HandLogin(parts).tokens().path("access_token").asString();
        parts.authorizationServer.accessTokensLive(LONG);

        Await.until(Duration.ofSeconds(10), () -> call(token).statusCode() == 401, () -> "the token still passes");
        assertRefused(call(token));
    }

    @Test
    void revokedTokenIsRefusedAtOnce() {
        String token = new HandLogin(parts).tokens().path("access_token").asString();
        assertThat(call(token).statusCode()).isEqualTo(200);

        assertThat(parts.authorizationServer.revokeEverything()).isPositive();

        assertRefused(call(token));
    }

    @Test
    void everyMethodIsGuarded() {
        HttpResponse<String> stream = Web.send(Web.to(parts.gate.resource())
                .header("Accept", "text/event-stream")
                .GET());
        HttpResponse<String> end = Web.send(Web.to(parts.gate.resource()).DELETE());

        assertThat(stream.statusCode()).isEqualTo(401);
        assertThat(end.statusCode()).isEqualTo(401);
    }

    @Test
    void refreshTokenShownTwiceEndsTheGrant() {
        HandLogin login = new HandLogin(parts);
        JsonNode first = login.tokens();
        JsonNode second = Web.good(login.refresh(first.path("refresh_token").asString()));
        assertThat(call(second.path("access_token").asString()).statusCode()).isEqualTo(200);

        HttpResponse<String> again = login.refresh(first.path("refresh_token").asString());

        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).contains("invalid_grant");
        assertRefused(call(second.path("access_token").asString()));
        assertThat(parts.authorizationServer.refreshTokens())
                .filteredOn(token -> token.reused() == 1)
                .extracting(RefreshToken::generation, RefreshToken::redeemed)
                .containsExactly(tuple(0, 1));
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("www-authenticate").orElse("")).contains("error=\"invalid_token\"");
    }

    private static HttpResponse<String> call(String token) {
        return Mcp.initialize(parts.gate.resource(), token);
    }
}
