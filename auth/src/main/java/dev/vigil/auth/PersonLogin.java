// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A login that a person went through, why it took place, and whether Vigil could have spared it. What stood in the vault
 * at that moment decides; the first row that fits counts.
 *
 * <table>
 *   <caption>Reasons</caption>
 *   <tr><th>what stood before<th>reason<th>avoidable
 *   <tr><td>no login for this server: none ever, one that was logged out, a static key<td>{@code first}<td>no
 *   <tr><td>{@code invalid_grant} for a refresh token whose answer had been lost, asked again within 20 s of the first
 *       send<td>{@code lost_answer}<td>no: we asked in time, and the server forgives nothing
 *   <tr><td>the same, asked again later<td>{@code lost_answer}<td>yes: too late for servers that forgive for a while, or
 *       the tokens had come and a crash took them before they were saved
 *   <tr><td>any other refusal<td>its OAuth error, {@code no_refresh_token} or {@code rejected_though_fresh}<td>no: the
 *       server ended the login, forgot the client, or never gave more
 *   <tr><td>no refusal, an answer lost within the last 20 s<td>{@code lost_answer}<td>no: the person came first
 *   <tr><td>no refusal, an answer lost earlier<td>{@code lost_answer}<td>yes, as above
 *   <tr><td>an expired token without a refresh token<td>{@code no_refresh_token}<td>no
 *   <tr><td>anything else: the login lived, or a refresh would have revived it<td>{@code by_choice}<td>no
 * </table>
 *
 * Doubt counts against us: a lost answer after which waiting was right, because the server is known to be strict, is
 * avoidable here.
 */
public record PersonLogin(String connector, Instant at, String reason, boolean avoidable) {
    /** How long a lost answer can be asked for again with fair hope. */
    private static final Duration IN_TIME = Duration.ofSeconds(20);

    private static final String LOST_ANSWER = "lost_answer";

    /**
     * @param before the stored grant that the login replaced
     * @param intent the intent that stood beside it
     */
    public static PersonLogin over(Optional<Grant> before, Optional<Intent> intent, Connector connector, Instant at) {
        return before.filter(grant -> grant.fits(connector) && grant.oauth().isPresent())
                .map(grant -> over(grant, intent, at))
                .orElseGet(() -> new PersonLogin(connector.name(), at, "first", false));
    }

    private static PersonLogin over(Grant before, Optional<Intent> intent, Instant at) {
        if (before.refusal().isPresent()) {
            return over(before.connector(), before.refusal().get(), at);
        }
        Optional<Instant> lost = intent.filter(sent -> sent.isAbout(before)).map(Intent::at);
        if (lost.isPresent()) {
            return lost(before.connector(), lost.get(), at, at);
        }
        boolean ended = before.tokens().refreshToken().isEmpty()
                && before.tokens().expiresAt().filter(at::isAfter).isPresent();
        return new PersonLogin(before.connector(), at, ended ? "no_refresh_token" : "by_choice", false);
    }

    private static PersonLogin over(String connector, Refusal refusal, Instant at) {
        return refusal.unansweredAt()
                .filter(sent -> refusal.oauthError().equals("invalid_grant"))
                .map(sent -> lost(connector, sent, refusal.at(), at))
                .orElseGet(() -> new PersonLogin(connector, at, refusal.oauthError(), false));
    }

    private static PersonLogin lost(String connector, Instant sent, Instant askedAgain, Instant at) {
        boolean inTime = Duration.between(sent, askedAgain).compareTo(IN_TIME) <= 0;
        return new PersonLogin(connector, at, LOST_ANSWER, !inTime);
    }
}
