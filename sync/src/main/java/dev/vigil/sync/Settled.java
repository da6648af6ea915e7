// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/** What came of a look at one connector, here and in the bucket. */
enum Settled {
    SAME,
    /** Nobody has a login, or this machine may not do what is to be done, or a person must. */
    DIFFERENT,
    /** Somebody else wrote at the same moment. */
    AGAIN;

    static Settled sameIf(boolean is) {
        return is ? SAME : DIFFERENT;
    }
}
