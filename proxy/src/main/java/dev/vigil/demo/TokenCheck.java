// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;

/** Tells whether an access token is good for a resource. Called on an event loop: an implementation may not block. */
@FunctionalInterface
public interface TokenCheck {

    /**
     * @param accessToken as it came in {@code Authorization: Bearer}
     * @param resource the resource that the token is shown to (RFC 8707), compared byte by byte
     */
    Verdict check(Secret accessToken, String resource);

    sealed interface Verdict {
        /**
         * The token is live and meant for the resource.
         *
         * @param grant which login it goes back to, counted from 1
         * @param generation 1 for the token that the login gave, one more for each refresh
         */
        record Accepted(String subject, int grant, int generation, String scope) implements Verdict {}

        /** Unknown, expired, revoked, or meant for another resource; {@code why} may be shown to the client. */
        record Refused(String why) implements Verdict {}
    }
}
