// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client of the authorization server that does everything right, unless a test says otherwise. */
final class AuthWalk {
    static final String REDIRECT = "http://127.0.0.1:7470/oauth/callback";
    static final String RESOURCE = "http://127.0.0.1:1234/mcp";
    /** Verifier and challenge of RFC 7636, appendix B. */
    static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    final Web web = new Web();
    final DemoAuthServer auth;
    final String resource;
    final String clientId;

    AuthWalk(DemoAuthServer auth) throws Exception {
        this(auth, RESOURCE);
    }

    AuthWalk(DemoAuthServer auth, String resource) throws Exception {
        this.auth = auth;
        this.resource = resource;
        this.clientId = Web.json(register("{\"redirect_uris\":[\"" + REDIRECT + "\"]}"))
                .path("client_id")
                .asString();
    }

    HttpResponse<String> register(String body) throws Exception {
        return web.post(auth.issuer() + "/register", body, "Content-Type", "application/json");
    }

    /** The query of a good authorization request, to be spoilt. */
    Map<String, String> question() {
        Map<String, String> question = new LinkedHashMap<>();
        question.put("client_id", clientId);
        question.put("redirect_uri", REDIRECT);
        question.put("response_type", "code");
        question.put("state", "a state & more");
        question.put("code_challenge", CHALLENGE);
        question.put("code_challenge_method", "S256");
        question.put("resource", resource);
        return question;
    }

    HttpResponse<String> authorize(Map<String, String> question) throws Exception {
        return web.get(auth.issuer() + "/authorize?" + Web.encoded(question));
    }

    static Map<String, List<String>> callback(HttpResponse<String> response) {
        URI target = URI.create(response.headers().firstValue("Location").orElseThrow());
        return new QueryStringDecoder(target).parameters();
    }

    String code() throws Exception {
        return WebRequest.one(callback(authorize(question())), "code").orElseThrow();
    }

    /** The form of a good code exchange, to be spoilt. */
    Map<String, String> exchange(String code) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("client_id", clientId);
        form.put("redirect_uri", REDIRECT);
        form.put("code", code);
        form.put("code_verifier", VERIFIER);
        form.put("resource", resource);
        return form;
    }

    Map<String, String> refresh(String refreshToken) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("client_id", clientId);
        form.put("refresh_token", refreshToken);
        form.put("resource", resource);
        return form;
    }

    HttpResponse<String> token(Map<String, String> form) throws Exception {
        return web.form(auth.issuer() + "/token", form);
    }

    /** A whole login. */
    Tokens login() throws Exception {
        return Tokens.of(token(exchange(code())));
    }

    boolean isLive(Tokens tokens) {
        return auth.isLive(new Secret(tokens.access()), resource);
    }

    /** What a token answer held. */
    record Tokens(String access, String refresh, int expiresIn) {
        static Tokens of(HttpResponse<String> response) {
            JsonNode body = Web.json(response);
            return new Tokens(
                    body.path("access_token").asString(""),
                    body.path("refresh_token").asString(""),
                    body.path("expires_in").asInt(0));
        }
    }
}
