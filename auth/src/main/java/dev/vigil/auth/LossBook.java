// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/**
 * Answers of token endpoints that were lost while the process that had sent the refresh token lived on: the network or the
 * server lost those, not a crash of ours. Kept over restarts. Any thread but {@code proxy-io} may call; may block on the
 * disk; never throws.
 */
public interface LossBook {
    /** Forgets everything, so that each loss looks like a crash. */
    LossBook BLANK = new LossBook() {
        @Override
        public void note(Grant sent) {}

        @Override
        public boolean isNoted(Grant grant) {
            return false;
        }
    };

    /** The refresh token of this grant was sent, no answer came, and this process is still here. */
    void note(Grant sent);

    boolean isNoted(Grant grant);
}
