// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.List;
import java.util.Optional;

/** What an upstream's status line and headers mean for an exchange. */
sealed interface Verdict {

    /** The client gets it. */
    record Pass() implements Verdict {}

    /** The token was refused for the first time: get a newer one and send the request again. */
    record Renew() implements Verdict {}

    /** The token was refused, and so was its replacement. */
    record RefusedAgain() implements Verdict {}

    /** A static key was refused. */
    record KeyRefused() implements Verdict {}

    /** A server that wanted no authorization wants some now. */
    record LoginWanted() implements Verdict {}

    /** RFC 6750, 3.1: the token is good but not enough; renewing it would not help. */
    record InsufficientScope(List<String> scopes) implements Verdict {}

    record Forbidden() implements Verdict {}

    /** The same request belongs to another path of the same origin. */
    record Follow(String target) implements Verdict {}

    /** A redirect that may not be followed with a token in hand. */
    record Redirected(String target) implements Verdict {}

    /** An answer, but not one of an MCP server. */
    record NotMcp(String what) implements Verdict {}

    /** A 5xx without a JSON body: whatever it shows would only confuse. */
    record ServerTrouble(int status, Optional<String> retryAfter) implements Verdict {}
}
