// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Intent;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.SyncMarker;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A home as version 0.1.0 wrote it, in the test resources: what was stored then opens for ever. The files are never made
 * anew; a new format gets samples of its own. The grant is sealed with the older of two keys.
 */
class FrozenFormatsTest {
    private static final Instant LOGIN = Instant.parse("2026-11-20T22:15:00Z");
    private static final Instant RENEWED = Instant.parse("2026-11-21T07:59:58.123456789Z");

    static final RegisteredClient CLIENT = new RegisteredClient(
            "https://auth.example.com",
            "client-1",
            Optional.of(new Secret("frozen-client-secret")),
            Optional.of(Instant.parse("2027-11-20T22:15:00Z")),
            "client_secret_post",
            URI.create("http://127.0.0.1:7470/oauth/callback"));

    static final Grant NOTION = new Grant(
            "notion",
            Grants.SERVER,
            2,
            LOGIN,
            Optional.of(new OAuthBinding(
                    "https://auth.example.com",
                    URI.create("https://auth.example.com/token"),
                    Optional.of(URI.create("https://auth.example.com/revoke")),
                    "https://mcp.example.com/mcp",
                    CLIENT,
                    Optional.of("ann@example.com"),
                    List.of("read", "write"),
                    Optional.empty())),
            new TokenSet(
                    new Secret("frozen-access-token"),
                    Optional.of(new Secret("frozen-refresh-token")),
                    RENEWED,
                    Optional.of(RENEWED.plusSeconds(3600)),
                    Optional.of(RENEWED.plusSeconds(2900)),
                    TokenSource.REFRESH,
                    17,
                    Optional.of(new SyncMarker(RENEWED.plusSeconds(1), "etag-17"))),
            Optional.of(new Refusal("invalid_grant", RENEWED.plusSeconds(60))));

    @TempDir
    Path folder;

    private Vault vault;

    @BeforeEach
    void open() throws IOException, URISyntaxException {
        Path frozen =
                Path.of(Objects.requireNonNull(getClass().getResource("frozen")).toURI());
        Path home = folder.resolve("home");
        try (Stream<Path> all = Files.walk(frozen)) {
            for (Path source : all.toList()) {
                Files.copy(source, home.resolve(frozen.relativize(source).toString()));
            }
        }
        Modes.makePrivate(home);
        vault = Vault.open(Home.below(home), Optional.empty());
    }

    @Test
    void grant() {
        assertThat(vault.grants().connectors()).containsExactly("notion");
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
    }

    @Test
    void client() {
        assertThat(vault.clients().load(CLIENT.issuer(), CLIENT.redirectUri())).hasValue(CLIENT);
    }

    @Test
    void keyRing() {
        assertThat(vault.keyRing().keys())
                .containsExactly(
                        new KeyRing.Key(3600495397L, false, LOGIN, 1), new KeyRing.Key(2480691125L, true, RENEWED, 1));
    }

    @Test
    void intent() {
        assertThat(vault.grants().intent("notion"))
                .hasValue(new Intent("notion", 17, "wj0bLgmCNw8ivBBWAStBIw", RENEWED.plusSeconds(30)));
        vault.grants().writeIntent(NOTION);
        assertThat(vault.grants().intent("notion").orElseThrow().fingerprint()).isEqualTo("wj0bLgmCNw8ivBBWAStBIw");
    }

    @Test
    void heartbeat() {
        assertThat(vault.beats().last("notion")).hasValue(RENEWED.plusSeconds(45));
    }

    @Test
    void issuers() {
        assertThat(vault.issuers().isStrict("https://auth.example.com")).isTrue();
        assertThat(vault.issuers().isStrict("https://other.example.com")).isFalse();
    }

    @Test
    void loginsByAPerson() {
        assertThat(vault.logins().all())
                .containsExactly(
                        new PersonLogin("notion", LOGIN, "first", false),
                        new PersonLogin("linear", LOGIN.plusSeconds(60), "by_choice", false),
                        new PersonLogin("notion", RENEWED, "lost_answer", true));
    }

    @Test
    void lostAnswers() {
        assertThat(vault.losses().isNoted(NOTION)).isTrue();
        assertThat(vault.losses().isNoted(Grants.renewed(NOTION, RENEWED))).isFalse();
    }

    @Test
    void localKeys() {
        assertThat(vault.localKeys().names()).containsExactly("claude", "cursor");
        assertThat(vault.localKeys().clientOf(new Secret("vgl_U5hyumFC4ufaGuxw5sdw8fR-Qn9yyPfjkI292jWuae8")))
                .hasValue("claude");
    }

    @Test
    void ownerKey() {
        assertThat(vault.ownerKey().matches(new Secret("vgo_yLcp1zcoZ2MEXwxpnyC23kuhk0h-sWPegRgAlJJtgTA")))
                .isTrue();
    }
}
