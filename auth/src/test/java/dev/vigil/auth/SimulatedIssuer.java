// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The books of an authorization server, kept in true time: families of tokens, who is newest, what was spent when. A refresh
 * token is written {@code rt-FAMILY-NUMBER}, and the access token that came with it {@code at-FAMILY-NUMBER}.
 */
public final class SimulatedIssuer {
    /** A refresh token that nobody uses for so long dies. */
    public static final Duration IDLE_LIFE = Duration.ofDays(10);

    /** What happens to a refresh token that is shown again after it was spent. */
    public enum Reuse {
        /** The whole family ends, however soon it is. */
        STRICT(Duration.ZERO, true),
        /** Taken for lost answers for a minute; later the whole family ends. */
        GRACE(Duration.ofMinutes(1), true),
        /** Taken for half an hour; later merely refused. */
        LENIENT(Duration.ofMinutes(30), false),
        /** Refresh tokens are not rotated, so that none is ever spent. */
        FIXED(Duration.ZERO, false);

        private final Duration grace;
        private final boolean endsFamily;

        Reuse(Duration grace, boolean endsFamily) {
            this.grace = grace;
            this.endsFamily = endsFamily;
        }
    }

    /** Why a family is no more. */
    public enum End {
        REVOKED_BY_PERSON,
        REUSE_DETECTED,
        IDLE
    }

    /** Everything that came from one login. */
    public static final class Family {
        public final int id;
        public final String connector;
        public final Duration lifetime;
        /** The refresh token that counts. */
        public int newest;

        public Optional<End> end = Optional.empty();
        Instant used;
        private int accessNumber;
        private final Map<Integer, Instant> spent = new HashMap<>();
        private final Map<Integer, Instant> accessEnds = new HashMap<>();

        /** Does the server end it over a refresh token that is shown twice? */
        public final boolean isStrict;

        private Family(int id, String connector, Duration lifetime, boolean isStrict, Instant now) {
            this.id = id;
            this.isStrict = isStrict;
            this.connector = connector;
            this.lifetime = lifetime;
            this.used = now;
        }

        /** When the access token that came with this refresh token ends; the epoch if it did long ago. */
        public Instant accessEnd(int number) {
            return accessEnds.getOrDefault(number, Instant.EPOCH);
        }

        @Override
        public String toString() {
            return connector + "/" + id + " newest " + newest
                    + end.map(why -> " " + why).orElse("");
        }
    }

    public final String name;
    public final Reuse reuse;
    private final Supplier<Instant> truth;
    private final Map<Integer, Family> families = new HashMap<>();
    private final Map<String, Family> latest = new HashMap<>();
    private int refreshes;

    public SimulatedIssuer(String name, Reuse reuse, Supplier<Instant> truth) {
        this.name = name;
        this.reuse = reuse;
        this.truth = truth;
    }

    public String host() {
        return name + ".example.com";
    }

    /** A person logs in: a new family, and the grant as Vigil stores it. */
    public Grant login(String connector, Duration lifetime, Optional<Grant> before, Instant wall) {
        Family family = new Family(families.size() + 1, connector, lifetime, reuse.endsFamily, truth.get());
        families.put(family.id, family);
        latest.put(connector, family);
        issue(family, true);
        long generation = before.map(old -> old.tokens().generation()).orElse(0L) + 1;
        TokenSet tokens = new TokenSet(
                new Secret("at-" + family.id + "-1"),
                Optional.of(new Secret("rt-" + family.id + "-1")),
                wall,
                Optional.of(wall.plus(lifetime)),
                Optional.empty(),
                TokenSource.LOGIN,
                generation,
                Optional.empty());
        long epoch = before.map(Grant::epoch).orElse(0L) + 1;
        return new Grant(connector, Grants.SERVER, epoch, wall, Optional.of(binding()), tokens, Optional.empty());
    }

    /** The grant that the person gave last for this connector. */
    public Family family(String connector) {
        Family family = latest.get(connector);
        if (family == null) {
            throw new AssertionError("nobody ever logged in to " + connector);
        }
        endIfIdle(family);
        return family;
    }

    /** The family that a refresh token belongs to. */
    public Family familyOf(String refreshToken) {
        Family family = families.get(part(refreshToken, 1));
        if (family == null) {
            throw new AssertionError("no token of ours: " + refreshToken);
        }
        return family;
    }

    public static int number(String token) {
        return part(token, 2);
    }

    /** Does the protected server take this access token now? */
    public boolean accepts(String accessToken) {
        Family family = familyOf(accessToken);
        return family.end.isEmpty() && family.accessEnd(number(accessToken)).isAfter(truth.get());
    }

    public void revoke(String connector) {
        family(connector).end = Optional.of(End.REVOKED_BY_PERSON);
    }

    /** A person ends this login, which need not be the latest. */
    public void end(Family family) {
        family.end = Optional.of(End.REVOKED_BY_PERSON);
    }

    public int refreshes() {
        return refreshes;
    }

    /** The JSON of new tokens; empty means {@code invalid_grant}. */
    public Optional<String> redeem(String refreshToken) {
        Family family = familyOf(refreshToken);
        int number = number(refreshToken);
        endIfIdle(family);
        if (family.end.isEmpty() && number != family.newest && !isInGrace(family, number)) {
            family.end = reuse.endsFamily ? Optional.of(End.REUSE_DETECTED) : family.end;
            return Optional.empty();
        }
        if (family.end.isPresent()) {
            return Optional.empty();
        }
        family.spent.putIfAbsent(number, truth.get());
        refreshes++;
        return Optional.of(issue(family, reuse != Reuse.FIXED));
    }

    private boolean isInGrace(Family family, int number) {
        Instant spent = family.spent.get(number);
        return spent != null && truth.get().isBefore(spent.plus(reuse.grace));
    }

    private void endIfIdle(Family family) {
        if (family.end.isEmpty() && truth.get().isAfter(family.used.plus(IDLE_LIFE))) {
            family.end = Optional.of(End.IDLE);
        }
    }

    private String issue(Family family, boolean withRefreshToken) {
        Instant now = truth.get();
        family.used = now;
        family.accessNumber++;
        family.accessEnds.values().removeIf(end -> end.isBefore(now.minus(Duration.ofHours(1))));
        family.spent.values().removeIf(spent -> spent.isBefore(now.minus(Duration.ofHours(1))));
        family.accessEnds.put(family.accessNumber, now.plus(family.lifetime));
        List<String> fields = new ArrayList<>();
        fields.add("\"access_token\":\"at-" + family.id + "-" + family.accessNumber + "\"");
        fields.add("\"token_type\":\"Bearer\",\"expires_in\":" + family.lifetime.toSeconds());
        if (withRefreshToken) {
            family.newest = family.accessNumber;
            fields.add("\"refresh_token\":\"rt-" + family.id + "-" + family.newest + "\"");
        }
        return "{" + String.join(",", fields) + "}";
    }

    private OAuthBinding binding() {
        String issuer = "https://" + host();
        RegisteredClient client = new RegisteredClient(
                issuer,
                "client-1",
                Optional.empty(),
                Optional.empty(),
                "none",
                URI.create("http://127.0.0.1:7470/oauth/callback"));
        return new OAuthBinding(
                issuer,
                URI.create(issuer + "/token"),
                Optional.empty(),
                Grants.SERVER.toString(),
                client,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private static int part(String token, int index) {
        return Integer.parseInt(token.split("-", 3)[index]);
    }
}
