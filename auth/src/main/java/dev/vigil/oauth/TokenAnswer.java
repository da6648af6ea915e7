// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** What an answer of a token endpoint means, whatever was asked. Pure and total. */
sealed interface TokenAnswer {

    /**
     * RFC 6749, 5.1.
     *
     * @param expiresAt made absolute; empty when unknown
     * @param refreshEnd when the refresh token ends, made absolute; empty when unknown
     * @param scopes empty when not told
     * @param account who logged in, where an ID token tells
     */
    record Tokens(
            Secret access,
            Optional<Secret> refresh,
            Optional<Instant> expiresAt,
            Optional<Instant> refreshEnd,
            Optional<List<String>> scopes,
            Optional<String> account)
            implements TokenAnswer {}

    /** RFC 6749, 5.2: the server understood, and said no. */
    record Refused(String error, Optional<String> description) implements TokenAnswer {}

    /** The server, or somebody in front of it, did not act on the request. */
    record NotNow(String reason, Optional<Duration> retryAfter) implements TokenAnswer {}

    /** A success that we cannot read: the server may well have acted. */
    record Garbled(String reason) implements TokenAnswer {}

    static TokenAnswer read(Answered answered, Instant now) {
        return new Reading(answered, now).read();
    }

    /** One answer being read. */
    record Reading(Answered answered, Instant now) {
        private static final Set<Integer> TRY_LATER = Set.of(408, 425, 429);
        private static final Set<String> TRANSIENT = Set.of("temporarily_unavailable", "slow_down", "server_error");
        private static final Pattern ERROR_CODE = Pattern.compile("[A-Za-z0-9_.:/-]{1,64}");
        /** Longer is as good as for ever, and would overflow sooner or later. */
        private static final long LONGEST_LIFE = Duration.ofDays(3650).toSeconds();

        private TokenAnswer read() {
            int status = answered.status();
            Optional<ForeignJson> json = ForeignJson.parse(answered.body());
            Optional<String> error = json.flatMap(body -> body.text("error"))
                    .filter(code -> ERROR_CODE.matcher(code).matches());
            if (status >= 200 && status < 300) {
                return json.flatMap(this::tokens)
                        .orElseGet(() -> error.map(code -> refused(json.orElseThrow(), code))
                                .orElseGet(this::unreadable));
            }
            boolean isVerdict = status >= 400 && status < 500 && !TRY_LATER.contains(status) && error.isPresent();
            return isVerdict ? refused(json.orElseThrow(), error.get()) : notNow("answered " + status);
        }

        private TokenAnswer refused(ForeignJson body, String code) {
            return TRANSIENT.contains(code) ? notNow(code) : new Refused(code, body.text("error_description"));
        }

        private TokenAnswer notNow(String reason) {
            return new NotNow(reason, retryAfter());
        }

        /** A page comes from somebody in between, who redeemed nothing; broken JSON may be the remains of a rotation. */
        private TokenAnswer unreadable() {
            String type = answered.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
            String start = new String(answered.body(), StandardCharsets.UTF_8).stripLeading();
            boolean mayBeTokens = type.contains("json") || start.startsWith("{") || start.isEmpty();
            String what = "status " + answered.status() + " without tokens in it";
            return mayBeTokens ? new Garbled(what) : notNow(what + ", but a page");
        }

        private Optional<TokenAnswer> tokens(ForeignJson body) {
            return body.text("access_token").map(access -> {
                String type = body.text("token_type").orElse("Bearer"); // REQUIRED, and left out by some all the same
                if (!type.equalsIgnoreCase("Bearer")) {
                    return new Garbled("the token's type is '" + ForeignText.shown(type) + "', not Bearer");
                }
                return new Tokens(
                        new Secret(access),
                        body.text("refresh_token").map(Secret::new),
                        expiresAt(body, access),
                        refreshEnd(body),
                        body.text("scope").map(Reading::words),
                        body.text("id_token").flatMap(Reading::account));
            });
        }

        /** {@code expires_in}; else what a JWT says of itself; else unknown. Zero is how some servers spell "never". */
        private Optional<Instant> expiresAt(ForeignJson body, String access) {
            OptionalLong seconds = body.number("expires_in");
            if (seconds.isPresent()) {
                long life = Math.min(seconds.getAsLong(), LONGEST_LIFE);
                return life > 0 ? Optional.of(now.plusSeconds(life)) : Optional.empty();
            }
            return claims(access)
                    .map(JWTClaimsSet::getExpirationTime)
                    .map(Date::toInstant)
                    .map(this::byOurClock)
                    .filter(end -> end.isAfter(now));
        }

        /** A moment by the server's clock; its {@code Date} tells how far that is from ours (RFC 9110, 6.6.1). */
        private Instant byOurClock(Instant theirs) {
            return answered.header("Date")
                    .flatMap(Reading::date)
                    .map(date -> now.plus(Duration.between(date, theirs)))
                    .orElse(theirs);
        }

        /** No standard has a name for it. The first is GitHub's, Google's and Microsoft's, the second Keycloak's. */
        private Optional<Instant> refreshEnd(ForeignJson body) {
            for (String member : List.of("refresh_token_expires_in", "refresh_expires_in")) {
                OptionalLong seconds = body.number(member);
                if (seconds.isPresent() && seconds.getAsLong() > 0) {
                    return Optional.of(now.plusSeconds(Math.min(seconds.getAsLong(), LONGEST_LIFE)));
                }
            }
            return Optional.empty();
        }

        /**
         * The signature is not checked: the ID token came straight from the token endpoint over TLS (OpenID Connect
         * Core, 3.1.3.7, 6), and the name is only shown.
         */
        private static Optional<String> account(String idToken) {
            Optional<JWTClaimsSet> claims = claims(idToken);
            return claims.flatMap(set -> text(set, "email"))
                    .or(() -> claims.map(JWTClaimsSet::getSubject))
                    .filter(name -> !name.isBlank())
                    .map(ForeignText::shown);
        }

        private static Optional<String> text(JWTClaimsSet claims, String name) {
            return claims.getClaim(name) instanceof String value && !value.isBlank()
                    ? Optional.of(value)
                    : Optional.empty();
        }

        private static Optional<JWTClaimsSet> claims(String token) {
            try {
                return Optional.ofNullable(JWTParser.parse(token).getJWTClaimsSet());
            } catch (ParseException | RuntimeException e) {
                return Optional.empty(); // opaque, encrypted, or nonsense: we have no business inside
            }
        }

        private static List<String> words(String scope) {
            return Arrays.stream(scope.trim().split("\\s+")).distinct().toList();
        }

        /** RFC 9110, 10.2.3: seconds or a date. */
        private Optional<Duration> retryAfter() {
            return answered.header("Retry-After")
                    .map(String::trim)
                    .flatMap(this::wait)
                    .filter(wait -> !wait.isNegative());
        }

        private Optional<Duration> wait(String told) {
            if (told.matches("\\d{1,9}")) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(told)));
            }
            return date(told).map(end -> Duration.between(now, byOurClock(end)));
        }

        /** RFC 9110, 5.6.7. */
        static Optional<Instant> date(String told) {
            try {
                return Optional.of(ZonedDateTime.parse(told.trim(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }
    }
}
