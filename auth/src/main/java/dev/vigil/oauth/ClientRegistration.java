// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.openid.connect.sdk.rp.ApplicationType;
import com.nimbusds.openid.connect.sdk.rp.OIDCClientMetadata;
import dev.vigil.auth.ClientStore;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which OAuth client we are at an authorization server: the one that a person pinned, else the one that we registered
 * there before, else a new one (RFC 7591), else an error that tells how to make one by hand. Blocks; any thread but
 * {@code proxy-io}.
 */
final class ClientRegistration {
    /** In order of liking: a secret on a user's machine is none, but some servers insist. */
    private static final List<String> KNOWN_METHODS = List.of("none", "client_secret_basic", "client_secret_post");

    /** Year 9999: a later end is no end, and would not fit an Instant for ever. */
    private static final long FAR_FUTURE = 253_402_300_799L;

    private final OAuthCalls calls;
    private final ClientStore store;
    private final TimeSource time;

    ClientRegistration(OAuthCalls calls, ClientStore store, TimeSource time) {
        this.calls = calls;
        this.store = store;
        this.time = time;
    }

    /** @param before the login that stands now, if there is one */
    RegisteredClient clientFor(Connector connector, Discovered server, URI redirectUri, Optional<Grant> before)
            throws LoginException {
        if (connector.client().isPresent()) {
            Optional<String> issuer = before.flatMap(Grant::oauth).map(OAuthBinding::issuer);
            checkIssuer(connector, issuer.orElse(server.issuer()), server.issuer());
            return pinned(connector.client().get(), server, redirectUri);
        }
        Optional<RegisteredClient> stored = store.load(server.issuer(), redirectUri)
                .filter(this::isUsable)
                .filter(client -> before.map(grant -> !isPurged(client, grant)).orElse(true));
        return stored.isPresent() ? stored.get() : registered(connector, server, redirectUri);
    }

    /** A client that a person registered at one issuer is never shown to another (MCP authorization server binding). */
    private static void checkIssuer(Connector connector, String before, String now) throws LoginException {
        if (!before.equals(now)) {
            throw new LoginException(
                    Kind.MISMATCH,
                    "the server now sends logins to " + now + ", but the client id in vigil.yaml was used at " + before
                            + ". If that is right, change client: there and run: vigil logout " + connector.name()
                            + ", then: vigil login " + connector.name());
        }
    }

    /**
     * A refresh was told that the server no longer knows this client. To a browser that comes with such a client a server
     * shows a page and sends nobody back, so no login would ever end.
     */
    private static boolean isPurged(RegisteredClient client, Grant before) {
        boolean refused = before.refusal()
                .filter(no -> no.oauthError().equals("invalid_client"))
                .isPresent();
        return refused
                && before.oauth()
                        .filter(bound -> bound.client().clientId().equals(client.clientId()))
                        .isPresent();
    }

    private boolean isUsable(RegisteredClient client) {
        return client.secretExpiresAt()
                .map(end -> end.isAfter(time.now().wall()))
                .orElse(true);
    }

    private static RegisteredClient pinned(PinnedClient client, Discovered server, URI redirectUri) {
        List<String> told = server.authMethods();
        boolean postOnly = told.contains("client_secret_post") && !told.contains("client_secret_basic");
        String withSecret =
                postOnly ? "client_secret_post" : "client_secret_basic"; // RFC 8414, 2: basic is the default
        return new RegisteredClient(
                server.issuer(),
                client.id(),
                client.secret(),
                Optional.empty(),
                client.secret().isPresent() ? withSecret : "none",
                redirectUri);
    }

    private RegisteredClient registered(Connector connector, Discovered server, URI redirectUri) throws LoginException {
        if (server.registrationEndpoint().isEmpty()) {
            throw new LoginException(
                    Kind.NOT_SUPPORTED,
                    server.issuer() + " registers no clients by itself. " + recipe(connector, redirectUri));
        }
        URI endpoint = server.registrationEndpoint().get();
        String method = method(server.authMethods());
        Answered answered = OAuthCalls.heard(
                calls.register(endpoint, wish(redirectUri, method), Reach.of(connector.url())), endpoint);
        Optional<ForeignJson> document = ForeignJson.parse(answered.body());
        boolean isDone = answered.status() == 201 || answered.status() == 200; // RFC 7591 says 201, some servers 200
        if (!isDone || document.flatMap(json -> json.text("client_id")).isEmpty()) {
            throw refused(answered, document, endpoint, recipe(connector, redirectUri));
        }
        RegisteredClient client = read(document.get(), server.issuer(), method, redirectUri);
        store.save(client);
        return client;
    }

    private static String method(List<String> told) throws LoginException {
        if (told.isEmpty()) {
            return "client_secret_basic"; // RFC 8414, 2: what a server that says nothing supports
        }
        return KNOWN_METHODS.stream()
                .filter(told::contains)
                .findFirst()
                .orElseThrow(() -> new LoginException(
                        Kind.NOT_SUPPORTED,
                        "the authorization server authenticates clients by "
                                + ForeignText.shown(String.join(", ", told)) + " only, which Vigil does not speak"));
    }

    private static ClientMetadata wish(URI redirectUri, String method) {
        OIDCClientMetadata wish = new OIDCClientMetadata();
        wish.setApplicationType(ApplicationType.NATIVE);
        wish.setName("Vigil");
        wish.setRedirectionURI(redirectUri);
        wish.setGrantTypes(Set.of(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN));
        wish.setResponseTypes(Set.of(ResponseType.CODE));
        wish.setTokenEndpointAuthMethod(new ClientAuthenticationMethod(method));
        return wish;
    }

    /** The server may change what we asked for (RFC 7591, 3.2.1), so its word counts. */
    private static RegisteredClient read(ForeignJson told, String issuer, String asked, URI redirectUri)
            throws LoginException {
        Optional<Secret> secret = told.text("client_secret").map(Secret::new);
        long secretEnd = told.number("client_secret_expires_at").orElse(0);
        String method = told.text("token_endpoint_auth_method").orElse(secret.isPresent() ? asked : "none");
        if (!KNOWN_METHODS.contains(method) || !method.equals("none") && secret.isEmpty()) {
            throw new LoginException(
                    Kind.NOT_SUPPORTED,
                    issuer + " registered a client that authenticates by '" + ForeignText.shown(method)
                            + "' but gave nothing to do that with");
        }
        Optional<Instant> expiry = secretEnd > 0 && secretEnd < FAR_FUTURE && secret.isPresent()
                ? Optional.of(Instant.ofEpochSecond(secretEnd))
                : Optional.empty();
        return new RegisteredClient(issuer, told.text("client_id").orElseThrow(), secret, expiry, method, redirectUri);
    }

    private static LoginException refused(
            Answered answered, Optional<ForeignJson> document, URI endpoint, String recipe) {
        if (answered.status() >= 500 || answered.status() == 429) {
            return new LoginException(
                    Kind.UNREACHABLE, endpoint + " answered " + answered.status() + "; try again later");
        }
        String why = document.flatMap(json -> json.text("error")).orElse("status " + answered.status());
        String detail = document.flatMap(json -> json.text("error_description"))
                .map(words -> ": " + ForeignText.shown(words))
                .orElse("");
        return new LoginException(
                Kind.NOT_SUPPORTED,
                endpoint + " did not register us (" + ForeignText.shown(why) + detail + "). " + recipe);
    }

    private static String recipe(Connector connector, URI redirectUri) {
        return "Create an OAuth client there by hand (a native or public one, redirect URI " + redirectUri
                + "), write it under connector " + connector.name()
                + " in vigil.yaml as client: { id: ..., secret: { env: ... } }, and run: vigil login "
                + connector.name() + ". If the server wants an API key instead: vigil add " + connector.name() + " "
                + connector.url() + " --header NAME";
    }
}
