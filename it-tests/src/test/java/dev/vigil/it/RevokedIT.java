// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A grant is revoked at the authorization server, as a person can do there at any time. */
class RevokedIT {
    @Test
    void revokedGrantIsSkippedExplainedAndMendedByALogin(@TempDir Path home) {
        try (NodeParts parts = NodeParts.start(Duration.ofHours(1));
                LoggedIn vigil = LoggedIn.to(parts, home);
                Caller caller = new Caller(vigil.endpoint(), vigil.key())) {
            caller.initialize();
            assertThat(echo(caller).isError()).isNotEqualTo(true);

            assertThat(parts.authorizationServer.revokeEverything()).isEqualTo(1);

            assertSkipped(echo(caller));
            assertReasonInTheLog(vigil.product());
            assertReasonInTheStatus(vigil.product());

            Logins.login(vigil.product(), LoggedIn.CONNECTOR);
            CallToolResult again = echo(caller);
            assertThat(again.isError()).as(Caller.text(again)).isNotEqualTo(true);
            assertThat(Caller.text(again)).contains("are you there");
        }
    }

    private static CallToolResult echo(Caller caller) {
        return caller.call("echo", Map.of("message", "are you there"));
    }

    private static void assertSkipped(CallToolResult result) {
        assertThat(result.isError()).isTrue();
        assertThat(Caller.text(result))
                .startsWith("authorization expired for real")
                .contains("vigil login real");
        JsonNode skip = Json.MAPPER.valueToTree(result.meta()).path("dev.vigil/skip");
        assertThat(skip.path("kind").asString()).isEqualTo("authorization_expired");
        assertThat(skip.path("connector").asString()).isEqualTo("real");
        assertThat(skip.path("tool").asString()).isEqualTo("echo");
        assertThat(skip.path("reason").asString()).isEqualTo("invalid_grant");
        assertThat(skip.path("retryable").asBoolean(true)).isFalse();
        assertThat(skip.path("action").asString()).isEqualTo("vigil login real");
    }

    private static void assertReasonInTheLog(Product product) {
        assertThat(product.log("refresh")).anySatisfy(line -> {
            assertThat(line.path("outcome").asString()).isEqualTo("rejected");
            assertThat(line.path("category").asString()).isEqualTo("auth");
            assertThat(line.path("reason").asString()).contains("invalid_grant");
        });
        Await.until( // it is written when the answer has left
                Duration.ofSeconds(10),
                () -> product.log("exchange").stream()
                        .anyMatch(line -> line.path("outcome").asString().equals("skipped")
                                && line.path("tool").asString().equals("echo")
                                && line.path("detail").asString().contains("invalid_grant")),
                () -> "the log does not say why: " + product.log("exchange"));
    }

    private static void assertReasonInTheStatus(Product product) {
        assertThat(product.run("status", LoggedIn.CONNECTOR).text())
                .contains("invalid_grant")
                .contains("vigil login real");
    }
}
