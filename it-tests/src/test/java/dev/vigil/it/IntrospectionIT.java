// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.NodeParts.AuthorizationServer.RefreshToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A daemon died before its refresh token had left, and the next one finds the intent: whom does it ask? */
class IntrospectionIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static NodeParts parts;

    @BeforeAll
    static void startParts() {
        parts = NodeParts.start(Duration.ofHours(1));
    }

    @AfterAll
    static void stopParts() {
        if (parts != null) {
            parts.close();
        }
    }

    @Test
    void serverThatCallsTheRefreshTokenUnspentIsAskedForTheNextAtOnce(@TempDir Path home) throws IOException {
        int port = FreePort.find();
        JsonNode client = client(port);
        Product product = new Product(home)
                .in(Map.of("CLIENT_SECRET", client.path("client_secret").asString()))
                .config(config(
                        port,
                        ", client: { id: " + client.path("client_id").asString()
                                + ", secret: { env: CLIENT_SECRET } }"));
        List<RefreshToken> before = foundAfterADeath(product);
        try (Product.Daemon daemon = product.daemon()) {
            Await.until(
                    LIMIT,
                    () -> parts.authorizationServer.refreshTokens().size() > before.size(),
                    () -> "no refresh. " + daemon.child().story());
        }
        List<RefreshToken> after = parts.authorizationServer.refreshTokens();
        assertThat(after.get(before.size() - 1).redeemed()).isEqualTo(1);
        assertThat(after.get(before.size()).generation()).isEqualTo(1);
        assertThat(product.log("answer_lost")).as("nothing was lost").isEmpty();
    }

    @Test
    void clientWithoutASecretLivesOnTheAccessTokenFirst(@TempDir Path home) throws IOException {
        Product product = new Product(home).config(config(FreePort.find(), ""));
        List<RefreshToken> before = foundAfterADeath(product);
        try (Product.Daemon daemon = product.daemon()) {
            Await.until(
                    LIMIT,
                    () -> !product.log("answer_lost").isEmpty(),
                    () -> "nothing is told. " + daemon.child().story());
        }
        assertThat(parts.authorizationServer.refreshTokens()).isEqualTo(before);
    }

    private static String config(int port, String client) {
        return "connectors:\n  real: { url: " + parts.gate.resource() + client + " }\nlisten: { port: " + port + " }\n";
    }

    private static JsonNode client(int port) {
        String issuer = parts.authorizationServer.issuer();
        JsonNode server = Web.getJson(issuer + "/.well-known/oauth-authorization-server");
        return Web.postJson(
                server.path("registration_endpoint").asString(),
                Map.of(
                        "application_type", "native",
                        "redirect_uris", List.of("http://127.0.0.1:" + port + "/oauth/callback"),
                        "token_endpoint_auth_method", "client_secret_basic",
                        "grant_types", List.of("authorization_code", "refresh_token"),
                        "response_types", List.of("code")));
    }

    /** Logs in, and leaves what a process leaves that dies before it sends: its intent, in the format of FileVault. */
    private static List<RefreshToken> foundAfterADeath(Product product) throws IOException {
        try (Product.Daemon daemon = product.daemon()) {
            Logins.login(product, "real");
        }
        Path intent = product.home().resolve("intents/real");
        Files.writeString(
                intent,
                Json.MAPPER.writeValueAsString(Map.of(
                        "version",
                        1,
                        "connector",
                        "real",
                        "generation",
                        1,
                        "fingerprint",
                        "none",
                        "at",
                        Instant.now().minusSeconds(300).toString(),
                        "pid",
                        1)));
        Files.setPosixFilePermissions(intent, PosixFilePermissions.fromString("rw-------"));
        return parts.authorizationServer.refreshTokens();
    }
}
