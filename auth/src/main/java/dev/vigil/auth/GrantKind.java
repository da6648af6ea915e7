// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a connector is authorized: the values of {@code grant:} in {@code vigil.yaml}. */
public enum GrantKind {
    /** A person logs in once; Vigil keeps the tokens fresh (RFC 6749, authorization code with PKCE). */
    OAUTH,
    /** A static key in a named header, sealed on disk. */
    HEADER,
    /** The server wants no authorization. */
    NONE;

    /** The word as it stands in {@code vigil.yaml}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<GrantKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }
}
