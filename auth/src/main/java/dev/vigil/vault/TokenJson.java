// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.SyncMarker;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is inside a seal, JSON. Times are ISO 8601 in UTC; what is absent is null.
 *
 * <pre>
 * grant   version 1, connector, server, epoch, loggedInAt, oauth?, tokens, refusal?
 *   oauth    issuer, tokenEndpoint, revocationEndpoint?, resource, client, account?, scopes,
 *            introspectionEndpoint?
 *   tokens   accessToken, refreshToken?, obtainedAt, expiresAt?, refreshAt?, source, generation, lastSync? {at, version},
 *            refreshTokenEnd?
 *            source: login, refresh, other_machine, configured
 *   refusal  oauthError, at, unansweredAt?
 * client  version 1 (only where it stands alone), issuer, clientId, clientSecret?, secretExpiresAt?, authMethod, redirectUri
 * </pre>
 */
public final class TokenJson {
    private TokenJson() {}

    public static ObjectNode write(Grant grant) {
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("connector", grant.connector());
        node.put("server", grant.server().toString());
        node.put("epoch", grant.epoch());
        node.put("loggedInAt", grant.loggedInAt().toString());
        node.set("oauth", grant.oauth().map(TokenJson::oauth).orElse(null));
        node.set("tokens", tokens(grant.tokens()));
        node.set("refusal", grant.refusal().map(TokenJson::refusal).orElse(null));
        return node;
    }

    /** @throws IllegalArgumentException naming the field that is wrong */
    public static Grant grant(Fields fields) {
        return new Grant(
                fields.text("connector"),
                fields.uri("server"),
                fields.number("epoch"),
                fields.instant("loggedInAt"),
                fields.maybeObject("oauth", TokenJson::oauth),
                tokens(fields.object("tokens")),
                fields.maybeObject("refusal", TokenJson::refusal));
    }

    static ObjectNode write(RegisteredClient client) {
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.setAll(client(client));
        return node;
    }

    static RegisteredClient client(Fields fields) {
        return new RegisteredClient(
                fields.text("issuer"),
                fields.text("clientId"),
                fields.maybeText("clientSecret").map(Secret::new),
                fields.maybeInstant("secretExpiresAt"),
                fields.text("authMethod"),
                fields.uri("redirectUri"));
    }

    private static ObjectNode client(RegisteredClient client) {
        ObjectNode node = Fields.empty();
        node.put("issuer", client.issuer());
        node.put("clientId", client.clientId());
        node.put("clientSecret", client.clientSecret().map(Secret::reveal).orElse(null));
        node.put("secretExpiresAt", text(client.secretExpiresAt()));
        node.put("authMethod", client.authMethod());
        node.put("redirectUri", client.redirectUri().toString());
        return node;
    }

    private static ObjectNode oauth(OAuthBinding oauth) {
        ObjectNode node = Fields.empty();
        node.put("issuer", oauth.issuer());
        node.put("tokenEndpoint", oauth.tokenEndpoint().toString());
        node.put("revocationEndpoint", text(oauth.revocationEndpoint()));
        node.put("resource", oauth.resource());
        node.set("client", client(oauth.client()));
        node.put("account", oauth.account().orElse(null));
        ArrayNode scopes = node.putArray("scopes");
        oauth.scopes().forEach(scopes::add);
        node.put("introspectionEndpoint", text(oauth.introspectionEndpoint()));
        return node;
    }

    private static OAuthBinding oauth(Fields fields) {
        return new OAuthBinding(
                fields.text("issuer"),
                fields.uri("tokenEndpoint"),
                fields.maybeUri("revocationEndpoint"),
                fields.text("resource"),
                client(fields.object("client")),
                fields.maybeText("account"),
                List.copyOf(fields.texts("scopes")),
                fields.maybeUri("introspectionEndpoint"));
    }

    private static ObjectNode tokens(TokenSet tokens) {
        ObjectNode node = Fields.empty();
        node.put("accessToken", tokens.accessToken().reveal());
        node.put("refreshToken", tokens.refreshToken().map(Secret::reveal).orElse(null));
        node.put("obtainedAt", tokens.obtainedAt().toString());
        node.put("expiresAt", text(tokens.expiresAt()));
        node.put("refreshAt", text(tokens.refreshAt()));
        node.put("source", tokens.source().name().toLowerCase(Locale.ROOT));
        node.put("generation", tokens.generation());
        node.set("lastSync", tokens.lastSync().map(TokenJson::sync).orElse(null));
        node.put("refreshTokenEnd", text(tokens.refreshTokenEnd()));
        return node;
    }

    private static TokenSet tokens(Fields fields) {
        return new TokenSet(
                new Secret(fields.text("accessToken")),
                fields.maybeText("refreshToken").map(Secret::new),
                fields.instant("obtainedAt"),
                fields.maybeInstant("expiresAt"),
                fields.maybeInstant("refreshAt"),
                source(fields.text("source")),
                fields.number("generation"),
                fields.maybeObject("lastSync", seen -> new SyncMarker(seen.instant("at"), seen.text("version"))),
                fields.maybeInstant("refreshTokenEnd"));
    }

    private static ObjectNode sync(SyncMarker marker) {
        return Fields.empty().put("at", marker.at().toString()).put("version", marker.version());
    }

    private static Refusal refusal(Fields fields) {
        return new Refusal(fields.text("oauthError"), fields.instant("at"), fields.maybeInstant("unansweredAt"));
    }

    private static ObjectNode refusal(Refusal refusal) {
        return Fields.empty()
                .put("oauthError", refusal.oauthError())
                .put("at", refusal.at().toString())
                .put(
                        "unansweredAt",
                        refusal.unansweredAt().map(Instant::toString).orElse(null));
    }

    private static TokenSource source(String word) {
        for (TokenSource source : TokenSource.values()) {
            if (source.name().toLowerCase(Locale.ROOT).equals(word)) {
                return source;
            }
        }
        throw new IllegalArgumentException("field 'source' holds an unknown word");
    }

    private static <T> @Nullable String text(Optional<T> value) {
        return value.map(Object::toString).orElse(null);
    }
}
