// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What Vigil answers itself, in the upstream's place. {@link SkipReply} gives it its shape.
 *
 * @param headline what happened, in one plain clause without a full stop
 * @param help what a person or an agent can do, in full sentences; may be empty
 * @param reason one word for programs: an OAuth error, or a word of ours
 * @param since when it began, where that is known
 * @param sent did the request reach the upstream? {@link Sent#NO} unless an answer was lost
 * @param retryable can the same call succeed without a person?
 * @param retryAfter when it is worth trying again
 * @param action the command that helps
 * @param scopes the scopes that are missing
 */
public record OwnAnswer(
        Kind kind,
        String connector,
        String headline,
        String help,
        String reason,
        Optional<Instant> since,
        Sent sent,
        boolean retryable,
        Optional<Duration> retryAfter,
        Optional<String> action,
        List<String> scopes) {

    /** The words of the contract with agents and hooks. */
    public enum Kind {
        AUTHORIZATION_EXPIRED,
        NOT_LOGGED_IN,
        INSUFFICIENT_SCOPE,
        FORBIDDEN,
        REJECTED_THOUGH_FRESH,
        AUTHORIZATION_UNAVAILABLE,
        RENEWED_CALL_AGAIN,
        UPSTREAM_UNREACHABLE,
        UPSTREAM_TROUBLE,
        ANSWER_LOST,
        NOT_MCP,
        REDIRECTED,
        SESSION_OVER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Is it trouble of the upstream that may be over in a moment? */
        boolean mayPass() {
            return this == UPSTREAM_UNREACHABLE || this == UPSTREAM_TROUBLE || this == ANSWER_LOST;
        }

        /** Is it about authorization? Then a tool call is answered with a result, or else with an error. */
        boolean isSkip() {
            return compareTo(UPSTREAM_UNREACHABLE) < 0;
        }
    }

    /** Has the upstream seen the request? */
    public enum Sent {
        NO,
        YES,
        /** It was written, and no answer came: it may have taken effect. */
        UNKNOWN
    }

    public static OwnAnswer of(Kind kind, String connector, String headline, String help, String reason) {
        return new OwnAnswer(
                kind,
                connector,
                headline,
                help,
                reason,
                Optional.empty(),
                Sent.NO,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    OwnAnswer since(Instant moment) {
        return new OwnAnswer(
                kind,
                connector,
                headline,
                help,
                reason,
                Optional.of(moment),
                sent,
                retryable,
                retryAfter,
                action,
                scopes);
    }

    public OwnAnswer help(String words) {
        return new OwnAnswer(
                kind, connector, headline, words, reason, since, sent, retryable, retryAfter, action, scopes);
    }

    public OwnAnswer sent(Sent known) {
        return new OwnAnswer(
                kind, connector, headline, help, reason, since, known, retryable, retryAfter, action, scopes);
    }

    public OwnAnswer retryable(Duration after) {
        return new OwnAnswer(
                kind, connector, headline, help, reason, since, sent, true, Optional.of(after), action, scopes);
    }

    public OwnAnswer action(String command) {
        return new OwnAnswer(
                kind,
                connector,
                headline,
                help,
                reason,
                since,
                sent,
                retryable,
                retryAfter,
                Optional.of(command),
                scopes);
    }

    OwnAnswer scopes(List<String> missing) {
        return new OwnAnswer(
                kind,
                connector,
                headline,
                help,
                reason,
                since,
                sent,
                retryable,
                retryAfter,
                action,
                List.copyOf(missing));
    }

    /** Words from outside, at most 200 characters of them, without what clients cut at. */
    public static String plain(String words) {
        return plain(words, 200);
    }

    static String plain(String words, int longest) {
        String clean = words.replaceAll("[;\"<>\\p{Cntrl}]", " ").trim();
        return clean.length() <= longest ? clean : clean.substring(0, longest);
    }
}
