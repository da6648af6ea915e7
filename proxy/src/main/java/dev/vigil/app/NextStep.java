// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Deadline;
import java.time.Instant;
import java.util.Optional;

/**
 * What happens next to a connector, and why then.
 *
 * @param what refresh, retry, wait, login, key, look or none
 */
record NextStep(String what, Optional<Instant> at, String why) {

    static NextStep of(Connector connector, Authorization authorization) {
        if (authorization instanceof Live live) {
            return live.grant().oauth().isEmpty()
                    ? new NextStep("none", Optional.empty(), "a static key serves until the server refuses it")
                    : ofTokens(live);
        }
        Standing standing = Standing.of(connector.name(), Optional.of(connector), authorization);
        if (authorization instanceof Authorization.NotNeeded) {
            return new NextStep("none", Optional.empty(), standing.words());
        }
        if (authorization instanceof Authorization.Unreadable) {
            return new NextStep("look", Optional.empty(), standing.reason().orElse(standing.words()));
        }
        if (authorization instanceof Authorization.HeldElsewhere) {
            return new NextStep("sync", Optional.empty(), standing.reason().orElse(standing.words()));
        }
        String what = standing.isKey() ? "key" : "login";
        return new NextStep(what, Optional.empty(), standing.reason().orElse(standing.words()));
    }

    private static NextStep ofTokens(Live live) {
        return ofTrouble(live).orElseGet(() -> ofGoodTokens(live));
    }

    /** Empty where all is well. */
    private static Optional<NextStep> ofTrouble(Live live) {
        Optional<Instant> retry = live.retryAt().map(Deadline::wall);
        if (live.isUnsaved()) {
            return step("save", Optional.empty(), "the new tokens are in memory only, and are saved again");
        }
        if (live.isLast()) {
            return step(
                    "login",
                    retry,
                    "the refresh token was refused after a lost answer, and the access token serves to its end");
        }
        if (live.isWaiting()) {
            return step("wait", retry, live.trouble().get().reason());
        }
        if (live.isLeftToAnother()) {
            return step(
                    "wait",
                    retry,
                    "another machine has not told what came of its refresh, and only it, or a person, goes on");
        }
        if (live.isAnswerLost()) {
            return step(
                    "retry",
                    retry,
                    "an answer was lost, so the refresh token may be spent: it is tried when nothing is left to lose");
        }
        return live.trouble()
                .map(trouble -> new NextStep(
                        "retry",
                        retry,
                        "the last of " + live.failures() + " that failed in a row: " + trouble.reason()));
    }

    private static Optional<NextStep> step(String what, Optional<Instant> at, String why) {
        return Optional.of(new NextStep(what, at, why));
    }

    private static NextStep ofGoodTokens(Live live) {
        Optional<Instant> expiry = live.schedule().expiresAt().map(Deadline::wall);
        if (live.grant().tokens().refreshToken().isEmpty()) {
            return expiry.isEmpty()
                    ? new NextStep("none", expiry, "the server told no lifetime and gave no refresh token")
                    : new NextStep(
                            "login", expiry, "the server gave no refresh token, so the login ends with the token");
        }
        if (expiry.isEmpty()) {
            return new NextStep(
                    "refresh",
                    live.schedule().refreshAt().map(Deadline::wall),
                    "so that the login does not lie idle; sooner if the server refuses the token, whose lifetime it"
                            + " did not tell");
        }
        return new NextStep("refresh", live.schedule().refreshAt().map(Deadline::wall), "ahead of the token's end");
    }
}
