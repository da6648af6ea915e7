// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Locale;

/** What made us refresh. */
public enum Trigger {
    /** The planned time came, or the time to try again. */
    SCHEDULE,
    /** A request found the token expired or nearly so. */
    REQUEST,
    /** The upstream answered 401 to a token that looked fresh. */
    UPSTREAM_401,
    /** An answer looked as if the upstream no longer took the token. */
    SUSPICION;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
