// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/** Where an upstream points to, and whether that is itself: nobody else may see the token. Pure. */
final class SameOrigin {
    private SameOrigin() {}

    /** RFC 3986, 5: a reference of an upstream, made absolute; empty where it makes no sense or names a user. */
    static Optional<URI> resolved(URI asked, String reference) {
        try {
            URI target = asked.resolve(reference);
            if (reference.startsWith("?")) { // which java.net.URI takes for a change of the path
                target = asked.resolve(asked.getRawPath() + reference);
            }
            boolean clean = target.getRawUserInfo() == null && target.getHost() != null;
            return clean ? Optional.of(target) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static boolean is(URI asked, URI target) {
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        return (scheme.equals("http") || scheme.equals("https"))
                && Origin.of(target).equals(Origin.of(asked));
    }
}
