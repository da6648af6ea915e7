// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Grants for tests: all alike but for what a test says. */
public final class Grants {
    public static final URI SERVER = URI.create("https://mcp.example.com/mcp");
    private static final String ISSUER = "https://auth.example.com";

    private Grants() {}

    /** A grant of "notion" that was just obtained and lives for {@code lifetime}. */
    public static Grant lasting(Duration lifetime, Instant obtained) {
        return of("notion", 1, 1, obtained, Optional.of(lifetime), Optional.of(new Secret("refresh-1")));
    }

    public static Grant of(
            String connector,
            long epoch,
            long generation,
            Instant obtained,
            Optional<Duration> lifetime,
            Optional<Secret> refreshToken) {
        TokenSet tokens = new TokenSet(
                new Secret("access-" + generation),
                refreshToken,
                obtained,
                lifetime.map(obtained::plus),
                Optional.empty(),
                TokenSource.LOGIN,
                generation,
                Optional.empty());
        return new Grant(connector, SERVER, epoch, obtained, Optional.of(binding()), tokens, Optional.empty());
    }

    /** What a refresh at {@code obtained} makes of it. */
    public static Grant renewed(Grant grant, Instant obtained) {
        long generation = grant.tokens().generation() + 1;
        return grant.withTokens(new TokenSet(
                new Secret("access-" + generation),
                Optional.of(new Secret("refresh-" + generation)),
                obtained,
                grant.tokens().lifetime().map(obtained::plus),
                Optional.empty(),
                TokenSource.REFRESH,
                generation,
                Optional.empty()));
    }

    /** The same, and the server has told how long the refresh token lives. */
    public static Grant ending(Grant grant, Duration life) {
        TokenSet tokens = grant.tokens();
        return grant.withTokens(new TokenSet(
                tokens.accessToken(),
                tokens.refreshToken(),
                tokens.obtainedAt(),
                tokens.expiresAt(),
                tokens.refreshAt(),
                tokens.source(),
                tokens.generation(),
                tokens.lastSync(),
                Optional.of(tokens.obtainedAt().plus(life))));
    }

    private static OAuthBinding binding() {
        RegisteredClient client = new RegisteredClient(
                ISSUER,
                "client-1",
                Optional.empty(),
                Optional.empty(),
                "none",
                URI.create("http://127.0.0.1:7470/oauth/callback"));
        return new OAuthBinding(
                ISSUER,
                URI.create(ISSUER + "/token"),
                Optional.empty(),
                SERVER.toString(),
                client,
                Optional.empty(),
                List.of("read"),
                Optional.empty());
    }
}
