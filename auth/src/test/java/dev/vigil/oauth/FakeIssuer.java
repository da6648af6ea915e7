// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an authorization server remembers: clients, codes, families of refresh tokens. Refuses what a real one refuses: a
 * redirect URI that is not the registered one to the letter, a code seen twice, a wrong verifier, another resource, a
 * spent refresh token (which ends the whole family). Guarded by the {@link FakeAuthServer} that owns it.
 */
final class FakeIssuer {
    /** An OAuth error, to be answered as RFC 6749, 5.2 says. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String error) {
            super(error);
        }

        String error() {
            return String.valueOf(getMessage());
        }
    }

    private record Client(String id, String method, Optional<String> secret, String redirectUri) {}

    private record Code(
            String client, String redirectUri, String challenge, String resource, String scope, int family) {}

    private record Access(int family, Instant end) {}

    private record Refresh(int family, String client, String resource, String scope) {}

    private final TimeSource time;
    private final String resource;
    private final Map<String, Client> clients = new HashMap<>();
    private final Map<String, Code> codes = new HashMap<>();
    private final Map<String, Integer> spentCodes = new HashMap<>();
    private final Map<String, Access> access = new HashMap<>();
    private final Map<String, Refresh> refresh = new HashMap<>();
    private final Map<String, Refresh> spentRefresh = new HashMap<>();
    private int issued;

    Duration lifetime = Duration.ofHours(1);
    boolean rotates = true;
    boolean givesRefreshTokens = true;

    FakeIssuer(TimeSource time, String resource) {
        this.time = time;
        this.resource = resource;
    }

    /** RFC 7591. */
    Map<String, Object> register(String redirectUri, String method) {
        String id = "client-" + (clients.size() + 1);
        Optional<String> secret = method.equals("none") ? Optional.empty() : Optional.of("s3cr3t+" + id);
        clients.put(id, new Client(id, method, secret, redirectUri));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("client_id", id);
        answer.put("token_endpoint_auth_method", method);
        secret.ifPresent(value -> {
            answer.put("client_secret", value);
            answer.put("client_secret_expires_at", 0);
        });
        return answer;
    }

    /** A client that a person registered by hand. */
    void pin(String id, Optional<String> secret, String method, String redirectUri) {
        clients.put(id, new Client(id, method, secret, redirectUri));
    }

    void forgetClients() {
        clients.clear();
    }

    /** RFC 6749, 4.1.1; what is wrong here is a bug of the asker, so it is told loudly. */
    String authorize(Map<String, String> asked) {
        Client client = clients.get(asked.get("client_id"));
        check(client != null, "unknown client " + asked.get("client_id"));
        check(client != null && client.redirectUri().equals(asked.get("redirect_uri")), "redirect_uri is not exact");
        check("code".equals(asked.get("response_type")), "response_type");
        check("S256".equals(asked.get("code_challenge_method")), "code_challenge_method");
        check(asked.getOrDefault("state", "").length() >= 40, "state is short");
        check(resource.equals(asked.get("resource")), "resource is " + asked.get("resource"));
        String code = "code-" + ++issued;
        codes.put(
                code,
                new Code(
                        asked.getOrDefault("client_id", ""),
                        asked.getOrDefault("redirect_uri", ""),
                        asked.getOrDefault("code_challenge", ""),
                        resource,
                        asked.getOrDefault("scope", ""),
                        ++issued));
        return code;
    }

    /** The token endpoint. */
    Map<String, Object> token(Map<String, String> form, Optional<String[]> basic) {
        String client = authenticated(form, basic);
        if (!resource.equals(form.get("resource"))) {
            throw new Refusal("invalid_target");
        }
        return switch (form.getOrDefault("grant_type", "")) {
            case "authorization_code" -> exchange(form, client);
            case "refresh_token" -> refresh(form.getOrDefault("refresh_token", ""), client);
            default -> throw new Refusal("unsupported_grant_type");
        };
    }

    /** RFC 7009: an unknown token is no error. */
    void revoke(Map<String, String> form, Optional<String[]> basic) {
        authenticated(form, basic);
        Refresh known = refresh.get(form.get("token"));
        if (known != null) {
            endFamily(known.family());
        }
        access.remove(form.get("token"));
    }

    /** RFC 7662, of refresh tokens: a client without a secret may not ask (2.1), and of others' it hears "inactive". */
    Map<String, Object> introspect(Map<String, String> form, Optional<String[]> basic) {
        String client = authenticated(form, basic);
        Client known = clients.get(client);
        if (known == null || known.secret().isEmpty()) {
            throw new Refusal("invalid_client");
        }
        Refresh token = refresh.get(form.get("token"));
        return Map.of("active", token != null && token.client().equals(client));
    }

    boolean isLive(String accessToken) {
        Access known = access.get(accessToken);
        return known != null && known.end().isAfter(time.now().wall());
    }

    void revokeEverything() {
        access.clear();
        refresh.clear();
    }

    private String authenticated(Map<String, String> form, Optional<String[]> basic) {
        String id = basic.map(pair -> pair[0]).orElse(form.getOrDefault("client_id", ""));
        Client client = clients.get(id);
        if (client == null) {
            throw new Refusal("invalid_client");
        }
        Optional<String> shown = switch (client.method()) {
            case "client_secret_basic" -> basic.map(pair -> pair[1]);
            case "client_secret_post" -> Optional.ofNullable(form.get("client_secret"));
            default -> Optional.empty();
        };
        if (!shown.equals(client.secret())) {
            throw new Refusal("invalid_client");
        }
        return id;
    }

    private Map<String, Object> exchange(Map<String, String> form, String client) {
        String shown = form.getOrDefault("code", "");
        if (spentCodes.containsKey(shown)) {
            endFamily(spentCodes.get(shown)); // RFC 6749, 4.1.2: a code seen twice takes its tokens with it
        }
        Code code = codes.remove(shown);
        if (code == null) {
            throw new Refusal("invalid_grant");
        }
        spentCodes.put(shown, code.family());
        CodeVerifier verifier = new CodeVerifier(form.getOrDefault("code_verifier", ""));
        String challenge =
                CodeChallenge.compute(CodeChallengeMethod.S256, verifier).getValue();
        boolean isRight = code.client().equals(client)
                && code.redirectUri().equals(form.get("redirect_uri"))
                && code.challenge().equals(challenge);
        if (!isRight) {
            throw new Refusal("invalid_grant");
        }
        return tokens(new Refresh(code.family(), client, code.resource(), code.scope()), true);
    }

    private Map<String, Object> refresh(String shown, String client) {
        Refresh spent = spentRefresh.get(shown);
        if (spent != null) {
            endFamily(spent.family());
        }
        Refresh known = refresh.get(shown);
        if (known == null || !known.client().equals(client)) {
            throw new Refusal("invalid_grant");
        }
        if (rotates) {
            refresh.remove(shown);
            spentRefresh.put(shown, known);
        }
        return tokens(known, rotates);
    }

    private Map<String, Object> tokens(Refresh family, boolean withRefresh) {
        Map<String, Object> answer = new LinkedHashMap<>();
        String accessToken = "at-" + ++issued;
        access.put(accessToken, new Access(family.family(), time.now().wall().plus(lifetime)));
        answer.put("access_token", accessToken);
        answer.put("token_type", "Bearer");
        answer.put("expires_in", lifetime.toSeconds());
        if (withRefresh && givesRefreshTokens) {
            String refreshToken = "rt-" + ++issued;
            refresh.put(refreshToken, family);
            answer.put("refresh_token", refreshToken);
        }
        if (!family.scope().isEmpty()) {
            answer.put("scope", family.scope());
        }
        return answer;
    }

    private void endFamily(int family) {
        access.values().removeIf(token -> token.family() == family);
        refresh.values().removeIf(token -> token.family() == family);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("the authorization page would show an error: " + what);
        }
    }
}
