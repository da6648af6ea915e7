// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/**
 * What has been learned about authorization servers, kept over restarts. Any thread but {@code proxy-io} may call; may
 * block on the disk; never throws: what cannot be read counts as unknown.
 */
public interface IssuerBook {
    /** Knows nothing and learns nothing. */
    IssuerBook BLANK = new IssuerBook() {
        @Override
        public boolean isStrict(String issuer) {
            return false;
        }

        @Override
        public void learnStrict(String issuer) {}
    };

    /**
     * Has this server ended a grant when it saw a spent refresh token again (RFC 9700, 4.14.2), however soon? Then a lost
     * answer is never asked for again while the access token lives.
     */
    boolean isStrict(String issuer);

    /** It has, just now. */
    void learnStrict(String issuer);
}
