// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The tokens of a grant as one answer of the token endpoint gave them.
 *
 * @param obtainedAt when the answer arrived
 * @param expiresAt made absolute at receipt; empty when the server told no lifetime (RFC 6749, 5.1: only RECOMMENDED)
 * @param refreshAt when the policy meant to refresh, for people to read; the keeper works it out anew
 * @param generation rises by one with each new token set of a connector, over logins too
 * @param lastSync when this was last seen in the bucket
 * @param refreshTokenEnd when the refresh token ends if it is not used; told by few servers
 */
public record TokenSet(
        Secret accessToken,
        Optional<Secret> refreshToken,
        Instant obtainedAt,
        Optional<Instant> expiresAt,
        Optional<Instant> refreshAt,
        TokenSource source,
        long generation,
        Optional<SyncMarker> lastSync,
        Optional<Instant> refreshTokenEnd) {

    /** Of a refresh token whose end nobody told. */
    public TokenSet(
            Secret accessToken,
            Optional<Secret> refreshToken,
            Instant obtainedAt,
            Optional<Instant> expiresAt,
            Optional<Instant> refreshAt,
            TokenSource source,
            long generation,
            Optional<SyncMarker> lastSync) {
        this(
                accessToken,
                refreshToken,
                obtainedAt,
                expiresAt,
                refreshAt,
                source,
                generation,
                lastSync,
                Optional.empty());
    }

    public TokenSet {
        if (expiresAt.isPresent() && !expiresAt.get().isAfter(obtainedAt)) {
            throw new IllegalArgumentException(
                    "tokens expire at " + expiresAt.get() + ", before they were obtained at " + obtainedAt);
        }
        if (generation < 1) {
            throw new IllegalArgumentException("generation " + generation + " is below 1");
        }
    }

    /** How long the access token was meant to live; empty when the server did not tell. */
    public Optional<Duration> lifetime() {
        return expiresAt.map(end -> Duration.between(obtainedAt, end));
    }

    /**
     * What another machine obtained. Where its clock is ahead of ours, its tokens are not from the future, but no older than
     * the moment in which we saw them: else each machine would renew at once what the other has just renewed.
     */
    TokenSet fromElsewhere(SyncMarker seen) {
        Duration ahead = Spans.longer(Duration.ZERO, Duration.between(seen.at(), obtainedAt));
        return new TokenSet(
                accessToken,
                refreshToken,
                obtainedAt.minus(ahead),
                expiresAt.map(end -> end.minus(ahead)),
                refreshAt.map(at -> at.minus(ahead)),
                TokenSource.OTHER_MACHINE,
                generation,
                Optional.of(seen),
                refreshTokenEnd.map(end -> end.minus(ahead)));
    }

    public TokenSet withRefreshAt(Optional<Instant> planned) {
        return new TokenSet(
                accessToken,
                refreshToken,
                obtainedAt,
                expiresAt,
                planned,
                source,
                generation,
                lastSync,
                refreshTokenEnd);
    }
}
