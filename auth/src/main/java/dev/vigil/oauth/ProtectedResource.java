// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Origin;
import dev.vigil.oauth.LoginException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * What an MCP server says about itself (RFC 9728, 2).
 *
 * @param resource its identifier, verbatim
 * @param servers issuers of its authorization servers; empty when it names none
 * @param scopes {@code scopes_supported}
 */
record ProtectedResource(String resource, List<String> servers, List<String> scopes) {

    /** Is this protected-resource metadata at all? Many a web server answers 200 to anything. */
    static boolean isOne(ForeignJson document) {
        return document.text("resource").isPresent();
    }

    /** @param server the MCP endpoint that we went out from: the document must be about it */
    static ProtectedResource read(ForeignJson document, URI server) throws LoginException {
        String resource = document.text("resource").orElseThrow();
        if (!covers(resource, server)) {
            throw new LoginException(
                    Kind.MISMATCH,
                    "the server at " + server + " says that it is '" + ForeignText.shown(resource)
                            + "'; a token for that would not be ours to ask for. If the server moved, change its url");
        }
        return new ProtectedResource(
                resource, document.texts("authorization_servers"), document.texts("scopes_supported"));
    }

    /** For servers of 2025-03-26, which do not describe themselves: the canonical URI of MCP authorization. */
    static ProtectedResource undescribed(URI server) {
        String path = server.getRawPath() == null || server.getRawPath().equals("/") ? "" : server.getRawPath();
        String resource = server.getScheme() + "://" + server.getRawAuthority() + path;
        return new ProtectedResource(resource, List.of(), List.of());
    }

    /** Same origin, and the resource's path is the endpoint's path or a folder above it. */
    private static boolean covers(String resource, URI server) {
        try {
            URI named = new URI(resource);
            return named.getRawFragment() == null
                    && named.getRawUserInfo() == null
                    && Origin.of(named).equals(Origin.of(server))
                    && folder(server).startsWith(folder(named));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return false;
        }
    }

    private static String folder(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return path.endsWith("/") ? path : path + "/";
    }
}
