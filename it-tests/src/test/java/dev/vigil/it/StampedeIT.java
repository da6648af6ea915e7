// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.NodeParts.AuthorizationServer.RefreshToken;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many requests in flight are refused in the same moment. */
class StampedeIT {
    private static final int REQUESTS = 32;

    @Test
    void requestsRefusedAtOnceLeadToOneRefresh(@TempDir Path home) {
        try (NodeParts parts = NodeParts.start(Duration.ofHours(1));
                LoggedIn vigil = LoggedIn.to(parts, home)) {
            assertThat(Mcp.initialize(vigil.endpoint(), vigil.key()).statusCode())
                    .isEqualTo(200);
            int refreshesBefore = vigil.product().log("refresh").size();

            parts.gate.refuseSeen(REQUESTS);
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, REQUESTS)
                    .mapToObj(i -> Web.sendLater(Mcp.initializing(vigil.endpoint(), vigil.key())))
                    .toList();

            assertThat(answers).extracting(CompletableFuture::join).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("serverInfo");
            });
            assertThat(parts.gate.counts().heldBack()).isEqualTo(REQUESTS);
            assertThat(parts.authorizationServer.refreshTokens())
                    .extracting(RefreshToken::redeemed)
                    .containsExactly(1, 0);
            assertThat(vigil.product().log("refresh")).hasSize(refreshesBefore + 1);
        }
    }
}
