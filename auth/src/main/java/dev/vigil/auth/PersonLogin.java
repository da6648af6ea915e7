// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A login that a person went through, why it took place, and whether it was avoidable: it was where a refresh would have
 * done the same, or where Vigil itself had lost the login. What stood in the vault at that moment decides; the first row
 * that fits counts.
 *
 * <table>
 *   <caption>Reasons</caption>
 *   <tr><th>what stood before<th>reason<th>avoidable
 *   <tr><td>no login for this server: none ever, one that was logged out, a static key<td>{@code first}<td>no
 *   <tr><td>an answer lost, and {@code invalid_grant} or no verdict since; the process that had sent the refresh token saw
 *       the loss ({@link LossBook})<td>{@code lost_answer}<td>no: the network or the server lost it
 *   <tr><td>the same, and no process saw it<td>{@code lost_answer}<td>yes: the answer may have come, and a crash took it
 *       before it was saved
 *   <tr><td>{@code invalid_grant} for a refresh token that had lain unused past the end that its server told, or for 8 days
 *       where it told none<td>{@code idle}<td>yes: it should have been used in time, and nothing ran
 *   <tr><td>any other refusal<td>its OAuth error, {@code no_refresh_token} or {@code rejected_though_fresh}<td>no: the
 *       server ended the login, forgot the client, or never gave more
 *   <tr><td>no refusal, an expired token without a refresh token<td>{@code no_refresh_token}<td>no
 *   <tr><td>no refusal, no refresh token, or the new login has another issuer, account or scopes<td>{@code by_choice}
 *       <td>no: the person wanted what no refresh gives
 *   <tr><td>no refusal, an expired token with a refresh token<td>{@code not_refreshed}<td>yes: the server answered the
 *       login, so it would have answered a refresh
 *   <tr><td>a token that lived, with a refresh token<td>{@code needless}<td>yes: nothing was wrong
 * </table>
 */
public record PersonLogin(String connector, Instant at, String reason, boolean avoidable) {
    /** The keep-alive of 7 days, a tenth later at most ({@link RefreshPolicy}), and some hours for retries. */
    private static final Duration NEGLECTED = Duration.ofDays(8);
    /** Where a session ends at a fixed time, each refresh token lives shorter, and nobody could save the last ones. */
    private static final Duration LAST_STEPS = Duration.ofMinutes(10);

    /**
     * What a login replaces.
     *
     * @param grant the stored one
     * @param intent the one that stood beside it
     * @param lossNoted is it noted that an answer about this grant was lost on the wire?
     */
    public record Before(Optional<Grant> grant, Optional<Intent> intent, boolean lossNoted) {}

    /** @param fresh what the login gave */
    public static PersonLogin over(Before before, Connector connector, Grant fresh) {
        Verdict verdict = before.grant()
                .filter(grant -> grant.fits(connector) && grant.oauth().isPresent())
                .map(grant -> over(grant, before, fresh))
                .orElse(new Verdict("first", false));
        return new PersonLogin(connector.name(), fresh.loggedInAt(), verdict.reason, verdict.avoidable);
    }

    private record Verdict(String reason, boolean avoidable) {}

    private static Verdict over(Grant old, Before before, Grant fresh) {
        boolean lost = old.refusal()
                .map(no -> no.oauthError().equals("invalid_grant")
                        && no.unansweredAt().isPresent())
                .orElseGet(
                        () -> before.intent().filter(sent -> sent.isAbout(old)).isPresent());
        if (lost) {
            return new Verdict("lost_answer", !before.lossNoted());
        }
        return old.refusal().map(no -> over(old.tokens(), no)).orElseGet(() -> overUnrefused(old, fresh));
    }

    private static Verdict over(TokenSet tokens, Refusal no) {
        return no.oauthError().equals("invalid_grant") && isNeglected(tokens, no.at())
                ? new Verdict("idle", true)
                : new Verdict(no.oauthError(), false);
    }

    private static boolean isNeglected(TokenSet tokens, Instant refused) {
        return tokens.refreshTokenEnd()
                .map(end -> !refused.isBefore(end)
                        && Duration.between(tokens.obtainedAt(), end).compareTo(LAST_STEPS) > 0)
                .orElseGet(() -> refused.isAfter(tokens.obtainedAt().plus(NEGLECTED)));
    }

    private static Verdict overUnrefused(Grant old, Grant fresh) {
        TokenSet tokens = old.tokens();
        boolean ended = tokens.expiresAt().filter(fresh.loggedInAt()::isAfter).isPresent();
        if (tokens.refreshToken().isEmpty()) {
            return new Verdict(ended ? "no_refresh_token" : "by_choice", false);
        }
        if (brings(fresh.oauth().orElseThrow(), old.oauth().orElseThrow())) {
            return new Verdict("by_choice", false);
        }
        return new Verdict(ended ? "not_refreshed" : "needless", true);
    }

    /** Something that a refresh of the old grant would not have brought? */
    private static boolean brings(OAuthBinding fresh, OAuthBinding old) {
        boolean otherAccount = fresh.account().isPresent()
                && old.account().isPresent()
                && !fresh.account().equals(old.account());
        return otherAccount
                || !fresh.issuer().equals(old.issuer())
                || !Set.copyOf(fresh.scopes()).equals(Set.copyOf(old.scopes()));
    }
}
