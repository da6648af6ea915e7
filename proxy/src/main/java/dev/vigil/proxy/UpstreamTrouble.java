// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.proxy.OwnAnswer.Kind;
import dev.vigil.proxy.OwnAnswer.Sent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import java.time.Duration;

/**
 * What a client is told when an upstream fails in ways that no login would mend: the words of {@code docs/skip.md}. Pure; see
 * {@link Skips}.
 */
public record UpstreamTrouble(String connector) {
    private static final Duration SOON = Duration.ofSeconds(30);

    OwnAnswer notMcp(Verdict.NotMcp nonsense) {
        return notMcp(nonsense.what());
    }

    public OwnAnswer notMcp(String what) {
        return OwnAnswer.of(
                        Kind.NOT_MCP,
                        connector,
                        connector + " does not answer as an MCP server: " + OwnAnswer.plain(what),
                        "Is its URL right? See vigil status " + connector + ".",
                        "not_mcp")
                .sent(Sent.YES);
    }

    OwnAnswer of(Verdict.ServerTrouble trouble) {
        return answered(trouble.status());
    }

    public OwnAnswer answered(int status) {
        OwnAnswer answer = OwnAnswer.of(
                        Kind.UPSTREAM_TROUBLE,
                        connector,
                        connector + " answered HTTP " + status,
                        "That is trouble of the server. Its authorization is in order.",
                        "http_" + status)
                .sent(Sent.YES);
        return status >= 500 || status == 429 ? answer.retryable(SOON) : answer;
    }

    /** An answer that cannot be told on the event stream which the client has been given. */
    OwnAnswer tooLate(HttpResponse head) {
        int status = head.status().code();
        String encoding = head.headers().get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "no content type");
        return status < 300 ? notMcp("HTTP " + status + ", " + type + ", encoded " + encoding) : answered(status);
    }

    public OwnAnswer unreachable(String reason) {
        return OwnAnswer.of(
                        Kind.UPSTREAM_UNREACHABLE,
                        connector,
                        connector + " cannot be reached: " + OwnAnswer.plain(reason),
                        "Nothing was sent, so the same call may be tried again.",
                        "unreachable")
                .retryable(SOON);
    }

    OwnAnswer slow(Duration waited) {
        return OwnAnswer.of(
                        Kind.UPSTREAM_TROUBLE,
                        connector,
                        connector + " has not answered for " + waited.toSeconds() + " s",
                        "That is trouble of the server. Its authorization is in order.",
                        "slow")
                .sent(Sent.YES)
                .retryable(SOON);
    }

    public OwnAnswer lost(String reason) {
        return OwnAnswer.of(
                        Kind.ANSWER_LOST,
                        connector,
                        "the answer of " + connector + " was lost: " + OwnAnswer.plain(reason),
                        "The call may have taken effect. Look before calling again.",
                        "answer_lost")
                .sent(Sent.UNKNOWN);
    }

    /** Clients begin a new session on a 404. */
    public OwnAnswer sessionOver() {
        return OwnAnswer.of(
                Kind.SESSION_OVER,
                connector,
                "this session with " + connector + " is over",
                "A new one has to be begun. The request was not executed.",
                "session_over");
    }
}
