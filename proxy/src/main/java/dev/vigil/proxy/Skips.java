// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.HeldElsewhere;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.TimeSource;
import dev.vigil.proxy.OwnAnswer.Kind;
import dev.vigil.proxy.OwnAnswer.Sent;
import java.time.Duration;

/**
 * Which answer of our own fits what happened to a connector. Pure; the table at the end of section "The face to MCP clients"
 * of the design, in code. Sentences hold no semicolon, quote or angle bracket: some clients cut there.
 */
record Skips(Connector connector, TimeSource time) {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** No token to send: why, and what helps. */
    OwnAnswer dead(Authorization authorization) {
        if (authorization instanceof NeedsLogin needs) return needsLogin(needs);
        if (authorization instanceof LoggedOut out) return loggedOut(out);
        if (authorization instanceof HeldElsewhere held) return heldElsewhere(held);
        if (authorization instanceof Unreadable) return unreadable();
        if (authorization instanceof Live live) return unavailable(live);
        throw new AssertionError(authorization); // NotNeeded among them: its requests are sent
    }

    private OwnAnswer needsLogin(NeedsLogin needs) {
        if (needs.reason().equals("rejected_though_fresh")) {
            return OwnAnswer.of(
                            Kind.REJECTED_THOUGH_FRESH,
                            name(),
                            name() + " refuses tokens that its own authorization server has just issued",
                            "A person should look: vigil status " + name() + ". A new login may help: " + login() + ".",
                            needs.reason())
                    .since(needs.since())
                    .action(login());
        }
        return OwnAnswer.of(
                        Kind.AUTHORIZATION_EXPIRED,
                        name(),
                        "authorization expired for " + name() + ": skipped",
                        personMustRun(login()),
                        needs.reason())
                .since(needs.since())
                .action(login());
    }

    private OwnAnswer loggedOut(LoggedOut out) {
        String why = out.note().map(note -> " (" + note + ")").orElse("");
        String command = connector.kind() == GrantKind.HEADER ? setKey() : login();
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        "not logged in to " + name() + why + ": skipped",
                        personMustRun(command),
                        "no_grant")
                .action(command);
    }

    private OwnAnswer heldElsewhere(HeldElsewhere held) {
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        "no login to " + name() + " on this machine (" + UpstreamTrouble.plain(held.why())
                                + "): skipped",
                        "A person should look before logging in again: vigil sync status.",
                        "held_elsewhere")
                .action("vigil sync status");
    }

    private OwnAnswer unreadable() {
        return OwnAnswer.of(
                        Kind.AUTHORIZATION_UNAVAILABLE,
                        name(),
                        "the stored authorization for " + name() + " cannot be read: skipped",
                        "A person must look: vigil status " + name() + " tells the file and what helps.",
                        "vault_unreadable")
                .action("vigil status " + name());
    }

    private OwnAnswer unavailable(Live live) {
        String reason = live.trouble().map(trouble -> trouble.category().word()).orElse("refresh_under_way");
        Duration wait = live.retryAt()
                .map(retry -> retry.left(time.now()))
                .filter(left -> left.compareTo(SOON) > 0)
                .orElse(SOON);
        OwnAnswer answer = OwnAnswer.of(
                        Kind.AUTHORIZATION_UNAVAILABLE,
                        name(),
                        "the token for " + name() + " could not be renewed in time: skipped",
                        "Vigil goes on trying, so the same call may succeed later. Nobody needs to log in.",
                        reason)
                .retryable(wait);
        return live.trouble().map(trouble -> answer.since(trouble.since())).orElse(answer);
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
                        "the token for " + name() + " was renewed just now",
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
                        "The server refused the stored key. " + personMustRun(setKey()),
                        "key_refused")
                .action(setKey());
    }

    private OwnAnswer loginWanted() {
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        name() + " used to need no login and wants one now: skipped",
                        personMustRun(login()),
                        "login_wanted")
                .action(login());
    }

    private OwnAnswer insufficientScope(Verdict.InsufficientScope missing) {
        String which = missing.scopes().isEmpty() ? "more scopes" : "the scopes " + String.join(" ", missing.scopes());
        String command =
                missing.scopes().isEmpty() ? login() : login() + " --scope " + String.join(",", missing.scopes());
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
        String what = name() + " forbids this to the account that is logged in";
        return OwnAnswer.of(Kind.FORBIDDEN, name(), what, "A new token would not change that.", "forbidden")
                .sent(Sent.YES);
    }

    private OwnAnswer redirected(String target) {
        return OwnAnswer.of(
                Kind.REDIRECTED,
                name(),
                name() + " redirects to " + UpstreamTrouble.plain(target),
                "Vigil does not follow with a token. If the server has moved, a person must run: vigil remove " + name()
                        + ", then vigil add " + name() + " URL.",
                "redirected");
    }

    /** Where it is not about authorization. */
    UpstreamTrouble trouble() {
        return new UpstreamTrouble(name());
    }

    private String name() {
        return connector.name();
    }

    private String login() {
        return "vigil login " + name();
    }

    private String setKey() {
        return "vigil add " + name() + " " + connector.url() + " --header "
                + connector.header().orElse("NAME");
    }

    private String personMustRun(String command) {
        return "A person must run: " + command + ". Until then every call to " + name()
                + " gives this answer. Other servers are unaffected.";
    }
}
