// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Locale;

/** What kind of thing went wrong in a refresh; the word that logs and metrics carry. */
public enum FailureCategory {
    AUTH,
    NETWORK,
    STORAGE,
    SYNC,
    /** No failure: another machine has the turn at refreshing it. */
    WAITING,
    CLOCK;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
