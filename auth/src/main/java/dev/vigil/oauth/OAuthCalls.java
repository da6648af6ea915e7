// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.SerializeException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.client.ClientRegistrationRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Token;
import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Answer.NotSent;
import dev.vigil.oauth.OAuthTransport.Answer.SentWithoutAnswer;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.OAuthTransport.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Every request of a login or a refresh is built here and nowhere else. Nimbus shapes them; its own HTTP client is not
 * used, because it has no time limits, follows redirects, and asks for HTML first. Credentials go to the endpoint that
 * validated metadata named, and, as nothing here follows a redirect, to no other. A request to a URL that is out of
 * {@link Reach} is answered {@code NotSent}. Blocks like the transport.
 */
final class OAuthCalls {
    private static final Duration DISCOVERY_LIMIT = Duration.ofSeconds(10);
    private static final Duration TOKEN_LIMIT = Duration.ofSeconds(25);
    /** Asked while others wait for the lock of a grant, before a refresh that may itself take long. */
    private static final Duration INTROSPECTION_LIMIT = Duration.ofSeconds(4);

    private static final String PROTOCOL = "2025-11-25";
    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
            "capabilities":{},"clientInfo":{"name":"vigil","version":"1"}}}""";
    private static final Header JSON_ONLY = new Header("Accept", "application/json");
    /** Some firewalls answer 403 to whoever does not say a name. */
    private static final Header USER_AGENT = new Header("User-Agent", "Vigil");

    private final OAuthTransport transport;

    OAuthCalls(OAuthTransport transport) {
        this.transport = transport;
    }

    /** A metadata document. The revision header is a SHOULD of 2025-03-26. */
    Answer metadata(URI url, Reach reach) {
        List<Header> headers = List.of(JSON_ONLY, USER_AGENT, new Header("MCP-Protocol-Version", PROTOCOL));
        return send(new Request("GET", url, headers, Optional.empty(), reach.local()), DISCOVERY_LIMIT, reach);
    }

    /** MCP {@code initialize} without a token, to hear what the server wants. Goes where the user pointed, http or not. */
    Answer initialize(URI server) {
        List<Header> headers = List.of(
                new Header("Accept", "application/json, text/event-stream"),
                new Header("Content-Type", "application/json"),
                USER_AGENT);
        Optional<byte[]> body = Optional.of(INITIALIZE.getBytes(StandardCharsets.UTF_8));
        return transport.send(
                new Request("POST", server, headers, body, Reach.of(server).local()), DISCOVERY_LIMIT);
    }

    /** RFC 7591, 3.1. */
    Answer register(URI endpoint, ClientMetadata client, Reach reach) {
        return send(() -> new ClientRegistrationRequest(endpoint, client, null).toHTTPRequest(), TOKEN_LIMIT, reach);
    }

    /** RFC 6749, 4.1.3, with PKCE and {@code resource} (RFC 8707). */
    Answer exchange(URI endpoint, RegisteredClient client, AuthorizationCodeGrant code, String resource, Reach reach) {
        return send(() -> tokenRequest(endpoint, client, code, resource), TOKEN_LIMIT, reach);
    }

    /**
     * RFC 6749, 6. Scope is left out: it means "as granted".
     *
     * @param maySend see {@link Request#maySend}
     * @throws java.util.NoSuchElementException when there is no refresh token to send; callers look first
     */
    Answer refresh(Grant held, OAuthBinding binding, BooleanSupplier maySend) {
        String spent = held.tokens().refreshToken().orElseThrow().reveal();
        OAuthTransport guarded = (request, within) -> transport.send(request.onlyWhile(maySend), within);
        return new OAuthCalls(guarded)
                .send(
                        () -> tokenRequest(
                                binding.tokenEndpoint(),
                                binding.client(),
                                new RefreshTokenGrant(new RefreshToken(spent)),
                                binding.resource()),
                        TOKEN_LIMIT,
                        Reach.of(held.server()));
    }

    /** RFC 7009, 2.1: the refresh token, which ends the whole grant, or the access token where there is no other. */
    Answer revoke(URI endpoint, Grant held, OAuthBinding binding) {
        return send(
                () -> revocation(endpoint, binding.client(), revocable(held)),
                DISCOVERY_LIMIT,
                Reach.of(held.server()));
    }

    /** RFC 7662, 2.1, of the refresh token; empty where the server offers it not, or not to a client without a secret. */
    Optional<Answer> introspect(Grant held, OAuthBinding binding) {
        Optional<ClientAuthentication> proof = authentication(binding.client());
        Optional<Secret> spent = held.tokens().refreshToken();
        if (binding.introspectionEndpoint().isEmpty() || proof.isEmpty() || spent.isEmpty()) {
            return Optional.empty();
        }
        URI endpoint = binding.introspectionEndpoint().get();
        Token token = new RefreshToken(spent.get().reveal());
        return Optional.of(send(
                () -> new TokenIntrospectionRequest(endpoint, proof.get(), token).toHTTPRequest(),
                INTROSPECTION_LIMIT,
                Reach.of(held.server())));
    }

    private static Token revocable(Grant held) {
        return held.tokens()
                .refreshToken()
                .<Token>map(secret -> new RefreshToken(secret.reveal()))
                .orElseGet(
                        () -> new BearerAccessToken(held.tokens().accessToken().reveal()));
    }

    /** The answer to a step of a login; without one, the login ends. */
    static Answered heard(Answer answer, URI address) throws LoginException {
        if (answer instanceof Answered answered) return answered;
        if (answer instanceof NotConnected not) throw unheard(address, not.reason());
        if (answer instanceof NotSent not) throw unheard(address, not.reason());
        if (answer instanceof SentWithoutAnswer none) throw unheard(address, none.reason());
        throw new AssertionError(answer);
    }

    private static LoginException unheard(URI address, String reason) {
        return new LoginException(
                Kind.UNREACHABLE, "no answer from " + ForeignText.shown(address.toString()) + ": " + reason);
    }

    private static HTTPRequest tokenRequest(
            URI endpoint, RegisteredClient client, AuthorizationGrant grant, String resource) {
        URI verbatim = URI.create(resource); // java.net.URI keeps the spelling; MCP demands it byte for byte
        return authentication(client)
                .map(proof -> new TokenRequest.Builder(endpoint, proof, grant))
                .orElseGet(() -> new TokenRequest.Builder(endpoint, new ClientID(client.clientId()), grant))
                .resource(verbatim)
                .build()
                .toHTTPRequest();
    }

    private static HTTPRequest revocation(URI endpoint, RegisteredClient client, Token token) {
        return authentication(client)
                .map(proof -> new TokenRevocationRequest(endpoint, proof, token))
                .orElseGet(() -> new TokenRevocationRequest(endpoint, new ClientID(client.clientId()), token))
                .toHTTPRequest();
    }

    /** Empty for a public client, which only names itself. */
    private static Optional<ClientAuthentication> authentication(RegisteredClient client) {
        if (client.clientSecret().isEmpty() || client.authMethod().equals("none")) {
            return Optional.empty();
        }
        ClientID id = new ClientID(client.clientId());
        var secret = new com.nimbusds.oauth2.sdk.auth.Secret(
                client.clientSecret().get().reveal());
        return Optional.of(
                client.authMethod().equals("client_secret_post")
                        ? new ClientSecretPost(id, secret)
                        : new ClientSecretBasic(id, secret));
    }

    private Answer send(Supplier<HTTPRequest> shape, Duration limit, Reach reach) {
        try {
            return send(ours(shape.get(), reach), limit, reach);
        } catch (IllegalArgumentException | SerializeException e) {
            // Nimbus quotes what it refuses, which may be a secret, so its words stay here.
            return new NotSent("the stored login holds something that no OAuth request can carry");
        }
    }

    private Answer send(Request request, Duration limit, Reach reach) {
        Optional<String> refusal = reach.refusal(request.url());
        return refusal.isPresent() ? new NotSent(refusal.get()) : transport.send(request, limit);
    }

    private static Request ours(HTTPRequest shaped, Reach reach) {
        List<Header> headers = new ArrayList<>(List.of(JSON_ONLY, USER_AGENT));
        shaped.getHeaderMap().forEach((name, values) -> values.forEach(value -> headers.add(new Header(name, value))));
        byte[] body = shaped.getBody().getBytes(StandardCharsets.UTF_8);
        return new Request(shaped.getMethod().name(), shaped.getURI(), headers, Optional.of(body), reach.local());
    }
}
