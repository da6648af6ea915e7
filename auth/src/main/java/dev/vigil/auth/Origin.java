// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Scheme, host and port of a URL (RFC 6454), lower-cased and with the default port filled in: what a token is bound to.
 */
public record Origin(String scheme, String host, int port) {

    /** @throws IllegalArgumentException when the URL has no host or is neither http nor https */
    public static Origin of(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("'" + url + "' is not an http or https URL with a host");
        }
        int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
        return new Origin(scheme, url.getHost().toLowerCase(Locale.ROOT), port);
    }

    /**
     * A reference that a server gave (RFC 3986, 5), made absolute; empty where it makes no sense or names a user. Whose origin
     * it is of is another question: {@link #isSame}.
     *
     * @param base the URL that was asked
     */
    public static Optional<URI> resolved(URI base, String reference) {
        try {
            // java.net.URI takes a reference that is only a query for a change of the path
            URI target = base.resolve(reference.startsWith("?") ? base.getRawPath() + reference : reference);
            boolean clean = target.getRawUserInfo() == null && target.getHost() != null;
            return clean ? Optional.of(target) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Are both of one origin? Never so for what is neither http nor https. */
    public static boolean isSame(URI one, URI other) {
        String scheme = String.valueOf(other.getScheme()).toLowerCase(Locale.ROOT);
        boolean web = scheme.equals("http") || scheme.equals("https");
        return web && other.getHost() != null && of(other).equals(of(one));
    }

    public boolean isTls() {
        return scheme.equals("https");
    }

    /** The value of a {@code Host} header for this origin: the default port is left out. */
    public String authority() {
        boolean isDefault = port == (isTls() ? 443 : 80);
        return isDefault ? host : host + ":" + port;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority();
    }
}
