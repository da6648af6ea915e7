// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/**
 * A small OAuth 2.1 authorization server on loopback: metadata (RFC 8414), dynamic registration (RFC 7591), authorization
 * code with PKCE, {@code resource} and {@code iss}, opaque tokens, rotating refresh tokens with reuse detection, revocation
 * (RFC 7009) and introspection (RFC 7662). Clients are public. All is forgotten on {@link #close}. Any thread may call.
 */
public final class DemoAuthServer implements TokenCheck, AutoCloseable {
    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TokenBook book;
    private final TimeSource time;
    private final Secret introspectionKey = random("demo-introspection-");
    private final DemoHttp http;

    private DemoAuthServer(Settings settings) {
        book = new TokenBook(settings.accessLifetime(), settings.reuseGrace(), DemoAuthServer::random);
        time = settings.time();
        http = new DemoHttp("demo-auth", settings.port());
        AuthHandler pages = new AuthHandler(http.origin(), settings, book, introspectionKey, http.loop());
        http.open(pipeline -> pipeline.addLast(new HttpObjectAggregator(LARGEST_REQUEST), pages));
    }

    /** Listens. Throws {@link java.net.BindException} when the port is taken. */
    public static DemoAuthServer start(Settings settings) {
        return new DemoAuthServer(settings);
    }

    /** {@code http://127.0.0.1:PORT}; the metadata stands below it at the well-known place. */
    public String issuer() {
        return http.origin();
    }

    /** What a resource server shows as its bearer token at the introspection endpoint. */
    public Secret introspectionKey() {
        return introspectionKey;
    }

    @Override
    public Verdict check(Secret accessToken, String resource) {
        return book.facts(accessToken, time.now())
                .map(facts -> facts.ask().resource().equals(resource)
                        ? new Verdict.Accepted(
                                TokenBook.SUBJECT,
                                facts.grant(),
                                facts.generation(),
                                facts.ask().scope())
                        : (Verdict) new Verdict.Refused("the token is for another resource"))
                .orElseGet(() -> new Verdict.Refused("the token is unknown, expired or revoked"));
    }

    public boolean isLive(Secret accessToken, String resource) {
        return check(accessToken, resource) instanceof Verdict.Accepted;
    }

    /** For access tokens issued from now on; in whole seconds. */
    public void accessTokensLive(Duration lifetime) {
        book.accessTokensLive(atLeastOneSecond(lifetime));
    }

    /** Ends every grant and every open code, as if the user had disconnected each program; only a login helps. */
    public void revokeEverything() {
        book.revokeEverything();
    }

    /** Ends one grant. Nothing happens when there is none with this number. */
    public void revokeGrant(int grant) {
        book.revokeGrant(grant);
    }

    /** Ends every access token before its time; refresh tokens stay good. */
    public void revokeAccessTokens() {
        book.revokeAccessTokens();
    }

    public Counts counts() {
        return book.counts();
    }

    @Override
    public void close() {
        http.close();
    }

    /** 256 random bits, in letters that may stand in a URL or a header: the one source of chance of both servers. */
    static String unguessable() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Duration atLeastOneSecond(Duration lifetime) {
        if (lifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("an access lifetime of " + lifetime + " is below one second");
        }
        return lifetime;
    }

    private static Secret random(String prefix) {
        return new Secret(prefix + unguessable());
    }

    /**
     * What happened so far.
     *
     * @param logins codes that were exchanged for tokens; the grants are numbered in this order, from 1
     * @param refreshes refresh tokens that were accepted, those shown again within the grace period too
     * @param reuses refresh tokens that were shown again too late; each ended its grant
     */
    public record Counts(int logins, int refreshes, int reuses, List<Redemption> redemptions) {
        public Counts {
            redemptions = List.copyOf(redemptions);
        }
    }

    /**
     * How often the refresh token of one generation was shown while its grant lived: 0 for one still unused, 1 as it should
     * be, 2 when the second time ended the grant, or more where a grace period allows it.
     */
    public record Redemption(int grant, int generation, int times) {}

    /**
     * How the server behaves.
     *
     * @param port 0 for any free one
     * @param accessLifetime of access tokens, in whole seconds
     * @param reuseGrace how long after its first use a refresh token is answered again, with fresh tokens, for clients whose
     *     answer was lost; zero for a server that ends the grant at once. Both kinds are met
     * @param autoApprove answer an authorization request with a code at once, instead of asking on a page
     * @param faults strike at the token endpoint; an entry's kind is the grant type
     * @param time by which codes and tokens expire
     * @param log hears one line per token request, on the event loop; never holds a secret
     */
    public record Settings(
            int port,
            Duration accessLifetime,
            Duration reuseGrace,
            boolean autoApprove,
            FaultScript<TokenFault> faults,
            TimeSource time,
            Consumer<String> log) {

        public Settings {
            atLeastOneSecond(accessLifetime);
            if (reuseGrace.isNegative()) {
                throw new IllegalArgumentException("a grace period of " + reuseGrace + " is below zero");
            }
        }

        /** Any free port, tokens of 30 seconds, no grace period, no questions asked, no faults. */
        public static Settings standard() {
            return new Settings(
                    0,
                    Duration.ofSeconds(30),
                    Duration.ZERO,
                    true,
                    new FaultScript<>(),
                    TimeSource.system(),
                    line -> {});
        }

        public Settings withPort(int other) {
            return new Settings(other, accessLifetime, reuseGrace, autoApprove, faults, time, log);
        }

        public Settings withAccessLifetime(Duration lifetime) {
            return new Settings(port, lifetime, reuseGrace, autoApprove, faults, time, log);
        }

        public Settings withReuseGrace(Duration grace) {
            return new Settings(port, accessLifetime, grace, autoApprove, faults, time, log);
        }

        public Settings withConsentPage() {
            return new Settings(port, accessLifetime, reuseGrace, false, faults, time, log);
        }

        public Settings withTime(TimeSource other) {
            return new Settings(port, accessLifetime, reuseGrace, autoApprove, faults, other, log);
        }

        public Settings withLog(Consumer<String> listener) {
            return new Settings(port, accessLifetime, reuseGrace, autoApprove, faults, time, listener);
        }
    }
}
