// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Connector;
import dev.vigil.auth.TimeSource;
import dev.vigil.proxy.OwnAnswer.Kind;
import dev.vigil.proxy.OwnAnswer.Sent;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Which answer of our own fits what happened to a connector. Pure; the table at the end of section "The face to MCP clients"
 * of the design, in code. Sentences hold no semicolon, quote or angle bracket: some clients cut there.
 */
record Skips(Connector connector, TimeSource time) {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** A scope that a person may be told to type: the server chose it, and a shell would take it apart otherwise. */
    private static final Pattern TYPEABLE = Pattern.compile("[A-Za-z0-9._:/@+=%][A-Za-z0-9._:/@+=%-]{0,199}");

    /** No token to send: why, and what helps. */
    OwnAnswer dead(Authorization authorization) {
        return new NoToken(connector, time).of(authorization);
    }

    /** The upstream refused our token, and there is no newer one. */
    OwnAnswer notRenewed(Authorization settled) {
        return settled instanceof NotNeeded ? loginWanted() : dead(settled);
    }

    /** The upstream refused a token and the one that replaced it. */
    OwnAnswer refusedThoughFresh(Authorization settled) {
        if (!(settled instanceof Live)) {
            return notRenewed(settled);
        }
        return OwnAnswer.of(
                        Kind.AUTHORIZATION_UNAVAILABLE,
                        name(),
                        name() + " refused a token that was renewed a moment ago: skipped",
                        "This may pass. The same call may be tried again.",
                        "refused_after_refresh")
                .retryable(SOON);
    }

    OwnAnswer renewedCallAgain() {
        return OwnAnswer.of(
                        Kind.RENEWED_CALL_AGAIN,
                        name(),
                        "the token for " + name() + " was renewed just now: skipped",
                        "The request was too large to be sent again by itself. The same call will work now.",
                        "renewed")
                .retryable(Duration.ZERO);
    }

    /** What a verdict that is neither passed on nor renewed is answered with. */
    OwnAnswer of(Verdict verdict) {
        if (verdict instanceof Verdict.KeyRefused) return keyRefused();
        if (verdict instanceof Verdict.LoginWanted) return loginWanted();
        if (verdict instanceof Verdict.InsufficientScope missing) return insufficientScope(missing);
        if (verdict instanceof Verdict.Forbidden) return forbidden();
        if (verdict instanceof Verdict.Redirected redirected) return redirected(redirected.target());
        if (verdict instanceof Verdict.Follow moved) return redirected(moved.target());
        if (verdict instanceof Verdict.NotMcp nonsense) return trouble().notMcp(nonsense);
        if (verdict instanceof Verdict.ServerTrouble trouble) return trouble().of(trouble);
        throw new AssertionError(verdict);
    }

    private OwnAnswer keyRefused() {
        return OwnAnswer.of(
                        Kind.AUTHORIZATION_EXPIRED,
                        name(),
                        "authorization expired for " + name() + ": skipped",
                        "The server refused the stored key. " + words().personMustRun(words().setKey()),
                        "key_refused")
                .action(words().setKey());
    }

    private OwnAnswer loginWanted() {
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        name() + " used to need no login and wants one now: skipped",
                        words().personMustRun(words().login()),
                        "login_wanted")
                .action(words().login());
    }

    private OwnAnswer insufficientScope(Verdict.InsufficientScope missing) {
        boolean told = !missing.scopes().isEmpty()
                && missing.scopes().stream()
                        .allMatch(scope -> TYPEABLE.matcher(scope).matches());
        String which = told ? "the scopes " + String.join(" ", missing.scopes()) : "more scopes";
        String command = told ? words().login() + " --scope " + String.join(",", missing.scopes()) : words().login();
        return OwnAnswer.of(
                        Kind.INSUFFICIENT_SCOPE,
                        name(),
                        name() + " wants " + which + " for this: skipped",
                        "A person must run: " + command + ". Other calls are unaffected.",
                        "insufficient_scope")
                .sent(Sent.YES)
                .action(command)
                .scopes(missing.scopes());
    }

    private OwnAnswer forbidden() {
        String what = name() + " forbids this to the account that is logged in: skipped";
        return OwnAnswer.of(Kind.FORBIDDEN, name(), what, "A new token would not change that.", "forbidden")
                .sent(Sent.YES);
    }

    private OwnAnswer redirected(String target) {
        return OwnAnswer.of(
                Kind.REDIRECTED,
                name(),
                name() + " redirects to " + OwnAnswer.plain(target),
                "Vigil does not follow with a token. If the server has moved, a person must run: vigil remove " + name()
                        + ", then vigil add " + name() + " URL.",
                "redirected");
    }

    /** Where it is not about authorization. */
    UpstreamTrouble trouble() {
        return new UpstreamTrouble(name());
    }

    private HelpWords words() {
        return new HelpWords(connector);
    }

    private String name() {
        return connector.name();
    }
}
