// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Origin;
import dev.vigil.oauth.Challenges.Challenge;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out where and how to log in to an MCP server: protected-resource metadata (RFC 9728), then authorization-server
 * metadata (RFC 8414 or OpenID Connect), in exactly the order of MCP authorization 2025-11-25 and with no other request;
 * then what 2025-03-26 did, if nothing was found. Blocks; any thread but {@code proxy-io}.
 *
 * <p>A 4xx, a redirect, or a 200 that is not the document means "not here", and the next address is asked. No answer or a
 * 5xx ends discovery: a server that is down for a moment must not be taken for one of another era.
 */
final class Discovery {
    private static final String RESOURCE = "/.well-known/oauth-protected-resource";
    private static final String OAUTH_SERVER = "/.well-known/oauth-authorization-server";
    private static final String OPENID = "/.well-known/openid-configuration";

    private final OAuthCalls calls;

    Discovery(OAuthCalls calls) {
        this.calls = calls;
    }

    /** Asks the server itself what it wants, then looks for metadata, then does without. */
    Discovered find(URI server) throws LoginException {
        Answered knocked = OAuthCalls.heard(calls.initialize(server), server);
        Optional<Challenge> challenge = Challenges.ofOAuth(knocked.headers("WWW-Authenticate"));
        Optional<Discovered> found = byMetadata(server, challenge);
        if (found.isEmpty() && knocked.status() != 401) {
            throw new LoginException(
                    Kind.NO_OAUTH,
                    server + " answered " + knocked.status()
                            + " without a token, and describes no authorization server; it seems to want no login");
        }
        return found.isPresent() ? found.get() : byFixedPaths(server, challenge);
    }

    /** By metadata only; empty when there is none. */
    Optional<Discovered> byMetadata(URI server, Optional<Challenge> challenge) throws LoginException {
        Reach reach = Reach.of(server);
        Optional<ProtectedResource> described = protectedResource(server, challenge, reach);
        ProtectedResource resource = described.orElseGet(() -> ProtectedResource.undescribed(server));
        if (!resource.servers().isEmpty()) {
            // Of several the client may choose; the first, so that it is the same one each time.
            return Optional.of(merged(resource, named(resource.servers().get(0), reach), challenge));
        }
        Optional<ServerMetadata> atOrigin = atOrigin(server, reach);
        return atOrigin.isPresent() ? Optional.of(merged(resource, atOrigin.get(), challenge)) : Optional.empty();
    }

    /** Without any metadata, as 2025-03-26 prescribes. Only for a server that has answered 401. */
    Discovered byFixedPaths(URI server, Optional<Challenge> challenge) throws LoginException {
        String origin = origin(server);
        Optional<String> refusal = Reach.of(server).refusal(URI.create(origin));
        if (refusal.isPresent()) {
            throw new LoginException(Kind.NOT_SUPPORTED, "the MCP server " + refusal.get());
        }
        return merged(ProtectedResource.undescribed(server), ServerMetadata.fixedPaths(origin), challenge);
    }

    private Optional<ProtectedResource> protectedResource(URI server, Optional<Challenge> challenge, Reach reach)
            throws LoginException {
        Set<URI> addresses = new LinkedHashSet<>();
        // An address that we may not ask (http: behind a TLS proxy, a common slip) is passed over, not fatal.
        challenge
                .flatMap(Challenge::resourceMetadata)
                .flatMap(ServerMetadata::parse)
                .filter(url -> reach.refusal(url).isEmpty())
                .ifPresent(addresses::add);
        addresses.add(URI.create(origin(server) + RESOURCE + path(server)));
        addresses.add(URI.create(origin(server) + RESOURCE));
        for (URI address : addresses) {
            Optional<ForeignJson> document = document(address, reach).filter(ProtectedResource::isOne);
            if (document.isPresent()) {
                return Optional.of(ProtectedResource.read(document.get(), server));
            }
        }
        return Optional.empty();
    }

    private ServerMetadata named(String issuer, Reach reach) throws LoginException {
        Optional<URI> url = ServerMetadata.parse(issuer);
        String refusal = url.map(reach::refusal)
                .orElse(Optional.of("'" + ForeignText.shown(issuer) + "' is not a URL"))
                .orElse("");
        if (url.isEmpty() || !refusal.isEmpty()) {
            throw new LoginException(
                    Kind.NOT_SUPPORTED, "the authorization server that the MCP server names, " + refusal);
        }
        Optional<ServerMetadata> found = first(issuerAddresses(url.get()), List.of(issuer), reach);
        if (found.isEmpty()) {
            throw new LoginException(
                    Kind.NO_OAUTH,
                    "the MCP server names the authorization server " + ForeignText.shown(issuer)
                            + ", but nothing there describes it (RFC 8414, OpenID Connect Discovery)");
        }
        return found.get();
    }

    /** 2025-03-26: the path is dropped. Nobody spelled the issuer for us, so its final slash is the server's own affair. */
    private Optional<ServerMetadata> atOrigin(URI server, Reach reach) throws LoginException {
        String origin = origin(server);
        return first(List.of(URI.create(origin + OAUTH_SERVER)), List.of(origin, origin + "/"), reach);
    }

    /** The first usable document; if there was none, why the first unusable one was not. */
    private Optional<ServerMetadata> first(List<URI> addresses, List<String> issuer, Reach reach)
            throws LoginException {
        List<LoginException> unusable = new ArrayList<>();
        for (URI address : addresses) {
            Optional<ForeignJson> document = document(address, reach).filter(ServerMetadata::isOne);
            try {
                if (document.isPresent()) {
                    return Optional.of(ServerMetadata.read(document.get(), issuer, reach));
                }
            } catch (LoginException e) {
                unusable.add(e);
            }
        }
        if (!unusable.isEmpty()) {
            throw unusable.get(0);
        }
        return Optional.empty();
    }

    /** A JSON object at that address; empty when the server says that there is none. */
    private Optional<ForeignJson> document(URI address, Reach reach) throws LoginException {
        Answered answered = OAuthCalls.heard(calls.metadata(address, reach), address);
        int status = answered.status();
        if (status >= 500 || status == 408 || status == 429) {
            throw new LoginException(Kind.UNREACHABLE, address + " answered " + status + "; try again later");
        }
        return status == 200 ? ForeignJson.parse(answered.body()) : Optional.empty();
    }

    /** MCP authorization 2025-11-25, "Authorization Server Metadata Discovery". */
    private static List<URI> issuerAddresses(URI issuer) {
        String origin = origin(issuer);
        String path = path(issuer);
        if (path.isEmpty()) {
            return List.of(URI.create(origin + OAUTH_SERVER), URI.create(origin + OPENID));
        }
        return List.of(
                URI.create(origin + OAUTH_SERVER + path),
                URI.create(origin + OPENID + path),
                URI.create(origin + path + OPENID));
    }

    private static Discovered merged(ProtectedResource resource, ServerMetadata server, Optional<Challenge> challenge) {
        List<String> asked = challenge.map(Challenge::scopes).orElse(List.of());
        List<String> scopes = new ArrayList<>(asked.isEmpty() ? resource.scopes() : asked);
        // Alone it would displace the server's default scopes, so it only goes along with others.
        if (!scopes.isEmpty()
                && !scopes.contains("offline_access")
                && server.scopes().contains("offline_access")) {
            scopes.add("offline_access");
        }
        return new Discovered(
                server.issuer(),
                server.authorizationEndpoint(),
                server.tokenEndpoint(),
                server.registrationEndpoint(),
                server.revocationEndpoint(),
                resource.resource(),
                scopes,
                server.issParameter(),
                server.authMethods(),
                server.introspectionEndpoint());
    }

    private static String origin(URI url) {
        return Origin.of(url).toString();
    }

    /** The path to insert: a final slash goes first (RFC 8414, 3.1; RFC 9728, 3.1). */
    private static String path(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
