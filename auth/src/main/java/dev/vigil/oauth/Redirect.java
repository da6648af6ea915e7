// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.vigil.oauth.LoginException.Kind;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the browser brought back (RFC 6749, 4.1.2; RFC 9207). Nothing in it is believed before {@code state} and
 * {@code iss} have been found right.
 */
record Redirect(
        Optional<String> state,
        Optional<String> issuer,
        Optional<String> code,
        Optional<String> error,
        Optional<String> description) {

    /** Only the query counts. A parameter that comes twice (RFC 6749, 3.1: MUST NOT) counts as absent. */
    static Redirect parse(URI redirected) {
        String query = redirected.getRawQuery();
        Map<String, List<String>> all = query == null ? Map.of() : URLUtils.parseParameters(query);
        return new Redirect(
                single(all, "state"),
                single(all, "iss"),
                single(all, "code"),
                single(all, "error"),
                single(all, "error_description"));
    }

    /** In constant time, so that a guess learns nothing from how long the answer took. */
    boolean carries(String expectedState) {
        return MessageDigest.isEqual(
                state.orElse("").getBytes(StandardCharsets.UTF_8), expectedState.getBytes(StandardCharsets.UTF_8));
    }

    /** The code, once everything has been checked in the order that RFC 9207, 2.4 asks for. */
    String verifiedCode(String expectedState, Discovered server) throws LoginException {
        if (!carries(expectedState)) {
            throw new LoginException(Kind.MISMATCH, "this answer belongs to no login that was begun here");
        }
        if (!isIssuerRight(server.issParameter(), issuer, server.issuer())) {
            // Whoever sent this is not the server that we asked, so not a word of it is passed on.
            throw new LoginException(
                    Kind.MISMATCH,
                    "the answer does not come from " + server.issuer()
                            + ", where the login was begun; nothing was sent");
        }
        if (error.isPresent()) {
            throw refusal(error.get(), server.issuer());
        }
        return code.orElseThrow(() -> new LoginException(
                Kind.NOT_SUPPORTED, server.issuer() + " sent the browser back with neither a code nor an error"));
    }

    /** The table of RFC 9207 in MCP authorization 2026-07-28; compared as strings, with no normalization at all. */
    static boolean isIssuerRight(boolean promised, Optional<String> told, String expected) {
        return told.isPresent() ? told.get().equals(expected) : !promised;
    }

    private LoginException refusal(String error, String issuer) {
        if (error.equals("access_denied")) {
            return new LoginException(Kind.REFUSED, "access was denied at " + issuer + "; nothing has changed here");
        }
        if (error.equals("server_error") || error.equals("temporarily_unavailable")) {
            return new LoginException(Kind.UNREACHABLE, issuer + " cannot serve now (" + error + "); try again later");
        }
        String words = description.map(text -> ": " + ForeignText.shown(text)).orElse("");
        return new LoginException(
                Kind.REFUSED, issuer + " refused the login (" + ForeignText.shown(error) + words + ")");
    }

    private static Optional<String> single(Map<String, List<String>> all, String name) {
        List<String> values = all.getOrDefault(name, List.of());
        return values.size() == 1 && !values.get(0).isBlank() ? Optional.of(values.get(0)) : Optional.empty();
    }
}
