// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import dev.vigil.auth.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Every code and token that the authorization server gave out, by fingerprint: codes are good once, refresh tokens rotate,
 * and a refresh token that is used again later than a grace period after its first use takes its whole family down (RFC 9700,
 * 4.14.2). Any thread may call; one lock, under which nothing waits.
 */
final class TokenBook {
    static final Duration CODE_LIFETIME = Duration.ofSeconds(60);
    static final String SUBJECT = "demo-user";

    private final Duration reuseGrace;
    /** Makes a new random value with the given prefix. */
    private final Function<String, Secret> mint;

    private final Map<Fingerprint, Code> codes = new HashMap<>();
    private final Map<Fingerprint, TokenFamily> usedCodes = new HashMap<>();
    private final Map<Fingerprint, Access> accessTokens = new HashMap<>();
    private final Map<Fingerprint, Refresh> refreshTokens = new HashMap<>();
    private final Set<Fingerprint> revokedAccess = new HashSet<>();
    private final List<TokenFamily> families = new ArrayList<>();
    private Duration accessLifetime;
    private int refreshes;
    private int reuses;

    /** @param reuseGrace how long after its first use a refresh token may be used again; zero: never */
    TokenBook(Duration accessLifetime, Duration reuseGrace, Function<String, Secret> mint) {
        this.accessLifetime = accessLifetime;
        this.reuseGrace = reuseGrace;
        this.mint = mint;
    }

    /** For tokens issued from now on. */
    synchronized void accessTokensLive(Duration lifetime) {
        accessLifetime = lifetime;
    }

    /** Notes what a person agreed to; the answer is good once, and for a minute. */
    synchronized Secret code(Ask ask, Now now) {
        Secret code = mint.apply("demo-code-");
        codes.put(Fingerprint.of(code), new Code(ask, Deadline.in(CODE_LIFETIME, now)));
        return code;
    }

    /** RFC 6749, 4.1.3 with PKCE (RFC 7636, 4.6). */
    synchronized Outcome redeemCode(Secret code, Ask.Proof proof, Now now) {
        Fingerprint print = Fingerprint.of(code);
        TokenFamily used = usedCodes.get(print);
        if (used != null) {
            used.revoke(); // RFC 6749, 4.1.2: whoever used it first may have stolen it
            return invalidGrant("the code was used before, grant " + used.number + " is revoked");
        }
        Code known = codes.get(print);
        if (known == null || known.end().isDue(now)) {
            return invalidGrant(known == null ? "unknown code" : "the code has expired");
        }
        Optional<Outcome.Refused> wrong = known.ask().refuse(proof);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        TokenFamily family = new TokenFamily(families.size() + 1, known.ask());
        families.add(family);
        codes.remove(print);
        usedCodes.put(print, family);
        return issue(family, true, now);
    }

    /**
     * RFC 6749, 6.
     *
     * @param rotate give a new refresh token; without it the old one stays good
     */
    synchronized Outcome refresh(Secret refreshToken, String clientId, String resource, boolean rotate, Now now) {
        Fingerprint print = Fingerprint.of(refreshToken);
        Refresh known = refreshTokens.get(print);
        if (known == null || !known.family().ask.clientId().equals(clientId)) {
            return invalidGrant(known == null ? "unknown refresh token" : "the token belongs to another client");
        }
        TokenFamily family = known.family();
        if (family.isRevoked()) {
            return invalidGrant("grant " + family.number + " is revoked");
        }
        if (!family.ask.resource().equals(resource)) {
            return new Outcome.Refused("invalid_target", "the grant is for another resource");
        }
        family.countRedemption(known.generation());
        if (family.isSpent(print, now)) {
            return reused(known);
        }
        if (rotate) {
            family.replace(print, Deadline.in(reuseGrace, now));
        }
        refreshes++;
        return issue(family, rotate, now);
    }

    /** What an access token stands for; empty when it is unknown, expired or revoked. */
    synchronized Optional<Facts> facts(Secret accessToken, Now now) {
        Fingerprint print = Fingerprint.of(accessToken);
        Access access = accessTokens.get(print);
        if (access == null || access.end().isDue(now) || access.family().isRevoked() || revokedAccess.contains(print)) {
            return Optional.empty();
        }
        TokenFamily family = access.family();
        return Optional.of(new Facts(
                family.ask, family.number, access.generation(), access.end().wall()));
    }

    /** RFC 7009: a refresh token ends its grant, an access token only itself. False when it is not the client's own. */
    synchronized boolean revoke(Secret token, String clientId) {
        Fingerprint print = Fingerprint.of(token);
        Refresh refresh = refreshTokens.get(print);
        Access access = accessTokens.get(print);
        if (refresh != null && refresh.family().ask.clientId().equals(clientId)) {
            refresh.family().revoke();
            return true;
        }
        return access != null && access.family().ask.clientId().equals(clientId) && revokedAccess.add(print);
    }

    synchronized void revokeGrant(int number) {
        families.stream().filter(family -> family.number == number).forEach(TokenFamily::revoke);
    }

    synchronized void revokeEverything() {
        families.forEach(TokenFamily::revoke);
        codes.clear();
    }

    synchronized void revokeAccessTokens() {
        revokedAccess.addAll(accessTokens.keySet());
    }

    synchronized DemoAuthServer.Counts counts() {
        List<DemoAuthServer.Redemption> redemptions = families.stream()
                .flatMap(family -> family.redemptions().stream())
                .toList();
        return new DemoAuthServer.Counts(families.size(), refreshes, reuses, redemptions);
    }

    private Outcome issue(TokenFamily family, boolean withRefreshToken, Now now) {
        int generation = family.beginGeneration();
        Secret access = mint.apply("demo-access-");
        accessTokens.put(Fingerprint.of(access), new Access(family, generation, Deadline.in(accessLifetime, now)));
        Optional<Secret> refresh = withRefreshToken ? Optional.of(mint.apply("demo-refresh-")) : Optional.empty();
        refresh.map(Fingerprint::of).ifPresent(print -> {
            refreshTokens.put(print, new Refresh(family, generation));
        });
        return new Outcome.Issued(access, accessLifetime, refresh, family.number, generation, family.ask.scope());
    }

    private Outcome reused(Refresh spent) {
        reuses++;
        spent.family().revoke();
        return invalidGrant("the refresh token of generation " + spent.generation() + " was used before, grant "
                + spent.family().number + " is revoked");
    }

    private static Outcome.Refused invalidGrant(String why) {
        return new Outcome.Refused("invalid_grant", why);
    }

    /** @param expiresAt by the wall clock */
    record Facts(Ask ask, int grant, int generation, Instant expiresAt) {}

    sealed interface Outcome {
        record Issued(
                Secret accessToken,
                Duration lifetime,
                Optional<Secret> refreshToken,
                int grant,
                int generation,
                String scope)
                implements Outcome {}

        /** @param error a code of RFC 6749, 5.2 or RFC 8707, 2 */
        record Refused(String error, String description) implements Outcome {}
    }

    private record Code(Ask ask, Deadline end) {}

    private record Access(TokenFamily family, int generation, Deadline end) {}

    private record Refresh(TokenFamily family, int generation) {}
}
