// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Prompt;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.oauth.LoginException.Kind;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The URL that a person's browser is sent to (RFC 6749, 4.1.1; RFC 7636; RFC 8707). */
final class AuthorizationUrl {
    private AuthorizationUrl() {}

    static URI of(
            Discovered server,
            RegisteredClient client,
            List<String> scopes,
            State state,
            CodeVerifier verifier,
            Reach reach)
            throws LoginException {
        URI endpoint = server.authorizationEndpoint();
        // CVE-2025-6514: what a hostile server names here becomes an argument of the command that opens the browser.
        Optional<String> refusal = reach.refusal(endpoint);
        if (refusal.isPresent()) {
            throw new LoginException(Kind.NOT_SUPPORTED, "the authorization endpoint " + refusal.get());
        }
        AuthorizationRequest.Builder request = new AuthorizationRequest.Builder(
                        ResponseType.CODE, new ClientID(client.clientId()))
                .endpointURI(endpoint)
                .redirectionURI(client.redirectUri())
                .state(state)
                .codeChallenge(verifier, CodeChallengeMethod.S256)
                .resource(URI.create(server.resource()));
        if (!scopes.isEmpty()) {
            request.scope(new Scope(scopes.toArray(String[]::new)));
        }
        if (scopes.contains("offline_access")) {
            request.prompt(Prompt.Type.CONSENT); // OpenID Connect Core, 11: without it the server may ignore the scope
        }
        return URI.create(request.build().toURI().toASCIIString());
    }
}
