// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.OwnAnswer;
import dev.vigil.proxy.OwnAnswer.Kind;
import dev.vigil.proxy.OwnAnswer.Sent;
import java.time.Duration;

/** What a client is told when the way between bridge and proxy fails; the shape is the proxy's, {@code docs/skip.md}. Pure. */
record BridgeTrouble(String connector) {
    private static final Duration SOON = Duration.ofSeconds(5);

    OwnAnswer unreachable(String why) {
        return OwnAnswer.of(
                        Kind.UPSTREAM_UNREACHABLE,
                        connector,
                        "Vigil cannot be reached: " + OwnAnswer.plain(why),
                        "Nothing was sent, so the same call may be tried again.",
                        "unreachable")
                .retryable(SOON);
    }

    OwnAnswer lost(String why) {
        return OwnAnswer.of(
                        Kind.ANSWER_LOST,
                        connector,
                        "the answer was lost on the way from Vigil: " + OwnAnswer.plain(why),
                        "The call may have taken effect. Look before calling again.",
                        "answer_lost")
                .sent(Sent.UNKNOWN);
    }

    OwnAnswer sessionLost(String why) {
        return OwnAnswer.of(
                        Kind.SESSION_OVER,
                        connector,
                        "the session has ended and could not be begun anew: " + OwnAnswer.plain(why),
                        "The call was refused before it began, so it may be tried again.",
                        "session_lost")
                .retryable(SOON);
    }

    OwnAnswer notMcp(String what) {
        return OwnAnswer.of(
                        Kind.NOT_MCP,
                        connector,
                        "no MCP answer came: " + OwnAnswer.plain(what),
                        "Is the connector's URL right? See vigil status.",
                        "not_mcp")
                .sent(Sent.YES);
    }

    /** @param said the proxy's own words; may be empty */
    OwnAnswer refused(int status, String said) {
        return OwnAnswer.of(
                        Kind.UPSTREAM_TROUBLE,
                        connector,
                        "HTTP " + status
                                + (said.isEmpty() ? " came instead of an answer" : ": " + OwnAnswer.plain(said)),
                        "See vigil status.",
                        "http_" + status)
                .sent(Sent.YES);
    }
}
