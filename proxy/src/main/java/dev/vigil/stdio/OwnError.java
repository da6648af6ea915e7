// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * What the bridge answers itself, as the proxy words its own errors ({@code docs/skip.md}): code 1502, a sentence, and the
 * same for programs as {@code data}.
 *
 * @param kind one of those of the contract about trouble
 * @param headline what happened, in one clause without a full stop
 * @param help what can be done, in whole sentences
 * @param sent {@code "unknown"} where the request may have taken effect
 * @param action the command that helps
 */
record OwnError(
        String kind,
        String headline,
        String help,
        String reason,
        Sent sent,
        boolean retryable,
        Optional<String> action) {
    static final int NOT_JSON = -32700;
    static final int NOT_A_MESSAGE = -32600;
    private static final int UPSTREAM = 1502;
    private static final int SOON_SECONDS = 5;

    /** Has the proxy seen the request? */
    enum Sent {
        NO,
        YES,
        UNKNOWN
    }

    static OwnError unreachable(String why, Optional<String> action) {
        return new OwnError(
                "upstream_unreachable",
                "Vigil cannot be reached: " + plain(why),
                "Nothing was sent, so the same call may be tried again.",
                "unreachable",
                Sent.NO,
                true,
                action);
    }

    static OwnError lost(String why) {
        return new OwnError(
                "answer_lost",
                "the answer was lost on the way from Vigil: " + plain(why),
                "The call may have taken effect. Look before calling again.",
                "answer_lost",
                Sent.UNKNOWN,
                false,
                Optional.empty());
    }

    static OwnError sessionLost(String why) {
        return new OwnError(
                "session_over",
                "the session has ended and could not be begun anew: " + plain(why),
                "The call was refused before it began, so it may be tried again.",
                "session_lost",
                Sent.NO,
                true,
                Optional.empty());
    }

    static OwnError notMcp(String what) {
        return new OwnError(
                "not_mcp",
                "no MCP answer came: " + plain(what),
                "Is the connector's URL right? See vigil status.",
                "not_mcp",
                Sent.YES,
                false,
                Optional.empty());
    }

    /** The line for a request, whose id is raw JSON. */
    String to(String id, String connector) {
        ObjectNode detail = Rpc.JSON
                .createObjectNode()
                .put("version", 1)
                .put("kind", kind)
                .put("connector", connector)
                .put("reason", reason);
        if (sent == Sent.UNKNOWN) {
            detail.put("sent", "unknown");
        } else {
            detail.put("sent", sent == Sent.YES);
        }
        detail.put("retryable", retryable);
        if (retryable) {
            detail.put("retryAfter", SOON_SECONDS);
        }
        action.ifPresent(command -> detail.put("action", command));
        ObjectNode answer = envelope(id);
        answer.putObject("error")
                .put("code", UPSTREAM)
                .put("message", headline + ". " + help)
                .set("data", detail);
        return answer.toString();
    }

    /** The line for something that is no message, and so has no id. */
    static String to(ClientMessage.Malformed malformed) {
        ObjectNode answer = envelope("null");
        answer.putObject("error")
                .put("code", malformed.code())
                .put(
                        "message",
                        (malformed.code() == NOT_JSON ? "Parse error: " : "Invalid Request: ")
                                + malformed.getMessage());
        return answer.toString();
    }

    static ObjectNode envelope(String id) {
        ObjectNode answer = Rpc.JSON.createObjectNode().put("jsonrpc", "2.0");
        answer.putRawValue("id", new RawValue(id));
        return answer;
    }

    /** Words from outside, without what clients cut at. */
    private static String plain(String words) {
        String clean = words.replaceAll("[;\"<>\\p{Cntrl}]", " ").trim();
        return clean.length() <= 200 ? clean : clean.substring(0, 200);
    }
}
