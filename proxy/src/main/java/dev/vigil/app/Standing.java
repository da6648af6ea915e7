// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.HeldElsewhere;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Unreadable;
import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Trouble;
import java.time.Instant;
import java.util.Optional;

/**
 * An authorization in words for people: how it stands, why, since when, and what a person can type.
 *
 * @param words such as "logged in" or "login needed"
 * @param action the command that helps; empty when nobody needs to do anything
 * @param isKey is it about a static key rather than a login?
 */
record Standing(
        String words, Optional<String> reason, Optional<Instant> since, Optional<String> action, boolean isKey) {

    /** @param connector as configured; empty when it is no longer */
    static Standing of(String name, Optional<Connector> connector, Authorization authorization) {
        boolean isKey = connector.map(one -> one.kind() == GrantKind.HEADER).orElse(false);
        if (authorization instanceof NotNeeded) {
            return new Standing("no login needed", Optional.empty(), Optional.empty(), Optional.empty(), isKey);
        }
        if (authorization instanceof LoggedOut out) {
            String words = isKey ? "no key" : "not logged in";
            return new Standing(words, out.note(), Optional.empty(), Optional.of(action(name, connector)), isKey);
        }
        if (authorization instanceof HeldElsewhere held) {
            return new Standing(
                    "not here", Optional.of(held.why()), Optional.empty(), Optional.of("vigil sync status"), isKey);
        }
        if (authorization instanceof Unreadable broken) {
            Optional<String> reason = Optional.of(broken.reason());
            return new Standing("stored login unreadable", reason, Optional.empty(), Optional.empty(), isKey);
        }
        if (authorization instanceof NeedsLogin dead) {
            return new Standing(
                    isKey ? "new key needed" : "login needed",
                    Optional.of(dead.reason()),
                    Optional.of(dead.since()),
                    Optional.of(action(name, connector)),
                    isKey);
        }
        if (authorization instanceof Live live) {
            Optional<Trouble> trouble = live.trouble();
            return new Standing(
                    isKey ? "has a key" : words(live),
                    trouble.map(Trouble::reason),
                    trouble.filter(any -> isTrouble(live)).map(Trouble::since),
                    live.grant().refusal().map(no -> action(name, connector)),
                    isKey);
        }
        throw new AssertionError(authorization);
    }

    private static String words(Live live) {
        if (live.isUnsaved()) return "logged in, NOT SAVED";
        if (live.isLast()) return "logged in, for the last time";
        if (live.isAnswerLost()) return "logged in, an answer was lost";
        return isTrouble(live) ? "logged in, refresh failing" : "logged in";
    }

    /** Waiting for another machine that is at it is none, as long as nothing else was in doubt. */
    private static boolean isTrouble(Live live) {
        return live.trouble().isPresent() && (!live.isWaiting() || live.isAnswerLost());
    }

    private static String action(String name, Optional<Connector> connector) {
        return connector
                .filter(one -> one.kind() == GrantKind.HEADER)
                .map(one -> "vigil add " + name + " " + one.url() + " --header "
                        + one.header().orElseThrow())
                .orElse("vigil login " + name);
    }
}
