// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;

/**
 * "This refresh token is about to be sent." On disk before it leaves, gone after the answer is saved: what is found at
 * start-up tells a lost answer from a revoked grant. Holds no token bytes.
 *
 * @param generation the generation whose refresh token is sent
 * @param fingerprint a keyed fingerprint of that refresh token
 */
public record Intent(String connector, long generation, String fingerprint, Instant at) {
    /** Is it about the refresh token of this very grant? */
    public boolean isAbout(Grant grant) {
        return generation == grant.tokens().generation();
    }
}
