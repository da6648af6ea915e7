// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Intent;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.TokenAnswer.Garbled;
import dev.vigil.oauth.TokenAnswer.NotNow;
import dev.vigil.oauth.TokenAnswer.Refused;
import dev.vigil.oauth.TokenAnswer.Tokens;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One life of a login, whoever starts it: found out where and as whom, begun, sent to the browser, brought back, checked,
 * exchanged, saved. A login that fails leaves the stored grant as it was. Immutable; its methods block on the network and
 * the disk, so any thread but {@code proxy-io} may call.
 */
public final class Login {
    /** Longer than a refresh under way may take. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);

    private final LoginSetup setup;
    private final Connector connector;
    private final Discovered server;
    private final RegisteredClient client;
    private final List<String> scopes;
    private final State state = new State();
    private final CodeVerifier verifier = new CodeVerifier();
    private final URI authorizationUrl;

    private Login(
            LoginSetup setup, Connector connector, Discovered server, RegisteredClient client, List<String> scopes)
            throws LoginException {
        this.setup = setup;
        this.connector = connector;
        this.server = server;
        this.client = client;
        this.scopes = scopes;
        this.authorizationUrl = AuthorizationUrl.of(server, client, scopes, state, verifier, Reach.of(connector.url()));
    }

    /**
     * Discovery and registration: everything up to the browser.
     *
     * @param scopes to ask for beside those that the stored login has from this server (MCP 2026-07-28, "Step-Up
     *     Authorization Flow"); without a login, instead of what connector or server say
     */
    public static Login begin(Connector connector, Optional<List<String>> scopes, LoginSetup setup)
            throws LoginException {
        try {
            Optional<Grant> stored = setup.vault().load(connector.name()); // learn now, not after the browser
            OAuthCalls calls = new OAuthCalls(setup.transport());
            Discovered server = new Discovery(calls).find(connector.url());
            RegisteredClient client = new ClientRegistration(calls, setup.clients(), setup.time())
                    .clientFor(connector, server, setup.redirectUri(), stored);
            List<String> configured = connector.scopes().isEmpty() ? server.scopes() : connector.scopes();
            List<String> wanted = scopes.map(asked -> union(had(stored, connector, server), asked))
                    .orElse(configured);
            return new Login(setup, connector, server, client, List.copyOf(wanted));
        } catch (VaultException e) {
            throw new LoginException(Kind.STORAGE, e.getMessage());
        }
    }

    /** What the stored login may do; nothing where it is another server's. */
    private static List<String> had(Optional<Grant> stored, Connector connector, Discovered server) {
        return stored.filter(grant -> grant.fits(connector))
                .flatMap(Grant::oauth)
                .filter(login -> login.issuer().equals(server.issuer()))
                .map(OAuthBinding::scopes)
                .orElse(List.of());
    }

    private static List<String> union(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().toList();
    }

    /** Where the person goes. An http(s) URL that is safe to hand to a browser as one argument. */
    public URI authorizationUrl() {
        return authorizationUrl;
    }

    public String state() {
        return state.getValue();
    }

    public String connector() {
        return connector.name();
    }

    /**
     * Takes the URL that the browser was sent back to, exchanges the code, and saves the new grant.
     *
     * @param redirected the whole URL or its part from the path on
     */
    public LoginReport finish(URI redirected) throws LoginException {
        Grant grant = complete(redirected);
        return LoginReport.of(grant, grant.oauth().orElseThrow());
    }

    Grant complete(URI redirected) throws LoginException {
        String code = Redirect.parse(redirected).verifiedCode(state(), server);
        AuthorizationCodeGrant grant =
                new AuthorizationCodeGrant(new AuthorizationCode(code), client.redirectUri(), verifier);
        // Asked before the exchange: new tokens wait for nothing but the disk.
        long elsewhere = setup.elsewhere().highestEpoch(connector.name());
        OAuthCalls calls = new OAuthCalls(setup.transport());
        Answered answered = OAuthCalls.heard(
                calls.exchange(server.tokenEndpoint(), client, grant, server.resource(), Reach.of(connector.url())),
                server.tokenEndpoint());
        Instant now = setup.time().now().wall();
        return saved(tokens(TokenAnswer.read(answered, now)), now, elsewhere);
    }

    private Tokens tokens(TokenAnswer answer) throws LoginException {
        if (answer instanceof Tokens tokens) return tokens;
        if (answer instanceof Refused no) throw refused(no);
        if (answer instanceof NotNow later) throw again(Kind.UNREACHABLE, later.reason());
        if (answer instanceof Garbled garbled) throw again(Kind.NOT_SUPPORTED, garbled.reason());
        throw new AssertionError(answer);
    }

    private LoginException refused(Refused no) {
        boolean isOurs = connector.client().isEmpty();
        if (no.error().equals("invalid_client") && isOurs) {
            forgetClient();
            return again(
                    Kind.REFUSED,
                    "it no longer knows the client that we registered (invalid_client), so the next"
                            + " login registers a new one");
        }
        String words =
                no.description().map(text -> ": " + ForeignText.shown(text)).orElse("");
        return again(Kind.REFUSED, no.error() + words);
    }

    private void forgetClient() {
        try {
            setup.clients().delete(client);
        } catch (VaultException e) {
            // Then the next login finds it, and is told the same.
        }
    }

    private LoginException again(Kind kind, String reason) {
        return new LoginException(
                kind,
                server.tokenEndpoint() + " gave no tokens: " + reason + ". To try again: vigil login "
                        + connector.name());
    }

    /** Under the claim, so that a refresh of the old grant under way cannot overwrite the new one. */
    private Grant saved(Tokens tokens, Instant now, long elsewhere) throws LoginException {
        TokenVault vault = setup.vault();
        try (TokenVault.Claim claim = vault.claim(connector.name(), LOCK_PATIENCE)) {
            Optional<Grant> before = vault.load(connector.name());
            Grant fresh = grant(tokens, now, before, elsewhere);
            Grant planned = setup.policy().planned(fresh, setup.time().now());
            vault.save(planned);
            setup.counted().accept(PersonLogin.over(replaced(before), connector, planned));
            clearIntent(vault);
            return planned;
        } catch (VaultException e) {
            throw new LoginException(Kind.STORAGE, "the login was granted, but could not be saved: " + e.getMessage());
        }
    }

    private PersonLogin.Before replaced(Optional<Grant> before) {
        return new PersonLogin.Before(
                before,
                intent(setup.vault()),
                before.map(setup.losses()::isNoted).orElse(false));
    }

    /** One that cannot be read says nothing. */
    private Optional<Intent> intent(TokenVault vault) {
        try {
            return vault.intent(connector.name());
        } catch (VaultException e) {
            return Optional.empty();
        }
    }

    /** It spoke of a refresh token that is history. One that stays costs a careful start, no more. */
    private void clearIntent(TokenVault vault) {
        try {
            vault.clearIntent(connector.name());
        } catch (VaultException e) {
            // The login is saved, and that is what counts.
        }
    }

    private Grant grant(Tokens tokens, Instant now, Optional<Grant> stored, long elsewhere) {
        TokenSet set = new TokenSet(
                tokens.access(),
                tokens.refresh(),
                now,
                tokens.expiresAt(),
                Optional.empty(),
                TokenSource.LOGIN,
                stored.map(old -> old.tokens().generation()).orElse(0L) + 1,
                Optional.empty(),
                tokens.refreshEnd());
        OAuthBinding binding = new OAuthBinding(
                server.issuer(),
                server.tokenEndpoint(),
                server.revocationEndpoint(),
                server.resource(),
                client,
                tokens.account(),
                tokens.scopes().orElse(scopes),
                server.introspectionEndpoint());
        long known = Math.max(stored.map(Grant::epoch).orElse(0L), elsewhere);
        return new Grant(
                connector.name(), connector.url(), known + 1, now, Optional.of(binding), set, Optional.empty());
    }
}
