// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Trouble;
import dev.vigil.auth.Authorization.Unreadable;
import java.time.Instant;
import java.util.Optional;

/**
 * An authorization in words for people: how it stands, why, since when, and what a person can type.
 *
 * @param words such as "logged in" or "login needed"
 * @param action the command that helps; empty when nobody needs to do anything
 */
record Standing(String words, Optional<String> reason, Optional<Instant> since, Optional<String> action) {

    static Standing of(String connector, Authorization authorization) {
        if (authorization instanceof NotNeeded) {
            return new Standing("no authorization needed", Optional.empty(), Optional.empty(), Optional.empty());
        }
        if (authorization instanceof LoggedOut out) {
            return new Standing("not logged in", out.note(), Optional.empty(), login(connector));
        }
        if (authorization instanceof Unreadable broken) {
            return new Standing(
                    "stored login unreadable", Optional.of(broken.reason()), Optional.empty(), Optional.empty());
        }
        if (authorization instanceof NeedsLogin dead) {
            boolean isKey = dead.last().oauth().isEmpty();
            return new Standing(
                    isKey ? "new key needed" : "login needed",
                    Optional.of(dead.reason()),
                    Optional.of(dead.since()),
                    isKey ? Optional.of("vigil add " + connector + " URL --header NAME") : login(connector));
        }
        if (authorization instanceof Live live) {
            Optional<Trouble> trouble = live.trouble();
            return new Standing(
                    "logged in",
                    trouble.map(failing -> "refresh is failing: " + failing.reason()),
                    trouble.map(Trouble::since),
                    Optional.empty());
        }
        throw new AssertionError(authorization);
    }

    private static Optional<String> login(String connector) {
        return Optional.of("vigil login " + connector);
    }
}
