// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.HeldElsewhere;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.TimeSource;
import dev.vigil.proxy.OwnAnswer.Kind;
import java.time.Duration;

/** What a client is told where there is no token to send. Pure; see {@link Skips}. */
record NoToken(Connector connector, TimeSource time) {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** No token to send: why, and what helps. */
    OwnAnswer of(Authorization authorization) {
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
                            name() + " refuses tokens that its own authorization server has just issued: skipped",
                            "A person should look: vigil status " + name() + ". A new login may help: "
                                    + words().login() + ".",
                            needs.reason())
                    .since(needs.since())
                    .action(words().login());
        }
        return OwnAnswer.of(
                        Kind.AUTHORIZATION_EXPIRED,
                        name(),
                        "authorization expired for " + name() + ": skipped",
                        words().personMustRun(words().login()),
                        needs.reason())
                .since(needs.since())
                .action(words().login());
    }

    private OwnAnswer loggedOut(LoggedOut out) {
        String why = out.note().map(note -> " (" + note + ")").orElse("");
        String command = connector.kind() == GrantKind.HEADER ? words().setKey() : words().login();
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        "not logged in to " + name() + why + ": skipped",
                        words().personMustRun(command),
                        "no_grant")
                .action(command);
    }

    private OwnAnswer heldElsewhere(HeldElsewhere held) {
        return OwnAnswer.of(
                        Kind.NOT_LOGGED_IN,
                        name(),
                        "no login to " + name() + " on this machine (" + OwnAnswer.plain(held.why()) + "): skipped",
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
        OwnAnswer passing = OwnAnswer.of(
                        Kind.AUTHORIZATION_UNAVAILABLE,
                        name(),
                        "the token for " + name() + " could not be renewed in time: skipped",
                        live.isLeftToAnother() ? words().machineIsGone() : words().goesOnTrying(),
                        reason)
                .retryable(wait);
        OwnAnswer answer = live.isLeftToAnother() ? passing.action(words().takeOver()) : passing;
        return live.trouble().map(trouble -> answer.since(trouble.since())).orElse(answer);
    }

    private HelpWords words() {
        return new HelpWords(connector);
    }

    private String name() {
        return connector.name();
    }
}
