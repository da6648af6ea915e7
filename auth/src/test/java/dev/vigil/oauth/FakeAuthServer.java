// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import dev.vigil.auth.TimeSource;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An MCP server with its authorization server, behind {@link OAuthTransport}: metadata, registration, PKCE, rotation with
 * reuse detection, revocation. {@link #approve} and {@link #deny} are the person at the browser. What it says about itself
 * can be changed, and each URL can fail in any way, once or always. Any thread may call.
 */
public final class FakeAuthServer implements OAuthTransport {
    public static final URI MCP = URI.create("https://mcp.example.com/mcp");
    public static final String ISSUER = "https://auth.example.com";
    public static final String TOKEN = ISSUER + "/token";
    public static final String REGISTER = ISSUER + "/register";
    public static final String REVOKE = ISSUER + "/revoke";
    public static final String INTROSPECT = ISSUER + "/introspect";
    public static final String RESOURCE_METADATA = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
    public static final String SERVER_METADATA = ISSUER + "/.well-known/oauth-authorization-server";

    private static final JsonMapper JSON = new JsonMapper();

    private final FakeIssuer issuer;
    private final Map<String, Object> resourceMetadata = new LinkedHashMap<>();
    private final Map<String, Object> serverMetadata = new LinkedHashMap<>();
    private final Map<String, Function<Request, Answer>> routes = new HashMap<>();
    private final Map<String, Deque<Function<Request, Answer>>> faults = new HashMap<>();
    private final List<Request> asked = new ArrayList<>();
    /** Guarded by this. */
    private String challenge = "Bearer resource_metadata=\"" + RESOURCE_METADATA + "\"";

    public FakeAuthServer(TimeSource time) {
        issuer = new FakeIssuer(time, MCP.toString());
        resourceMetadata.put("resource", MCP.toString());
        resourceMetadata.put("authorization_servers", List.of(ISSUER));
        serverMetadata.put("issuer", ISSUER);
        serverMetadata.put("authorization_endpoint", ISSUER + "/authorize");
        serverMetadata.put("token_endpoint", TOKEN);
        serverMetadata.put("registration_endpoint", REGISTER);
        serverMetadata.put("revocation_endpoint", REVOKE);
        serverMetadata.put("introspection_endpoint", INTROSPECT);
        serverMetadata.put("code_challenge_methods_supported", List.of("S256"));
        serverMetadata.put("token_endpoint_auth_methods_supported", List.of("none", "client_secret_basic"));
        routes.put("POST " + MCP, this::mcp);
        routes.put("GET " + RESOURCE_METADATA, request -> json(200, resourceMetadata));
        routes.put("GET " + SERVER_METADATA, request -> json(200, serverMetadata));
        routes.put("POST " + REGISTER, this::register);
        routes.put("POST " + TOKEN, request -> guarded(() -> issuer.token(form(request), basic(request))));
        routes.put("POST " + REVOKE, this::revoke);
        routes.put("POST " + INTROSPECT, request -> guarded(() -> issuer.introspect(form(request), basic(request))));
    }

    @Override
    public synchronized Answer send(Request request, Duration limit) {
        asked.add(request);
        Deque<Function<Request, Answer>> planned = faults.get(request.url().toString());
        if (planned != null && !planned.isEmpty()) {
            return planned.remove().apply(request);
        }
        return serve(request);
    }

    /** The person says yes: the URL that the browser is sent back to. */
    public synchronized URI approve(URI authorizationUrl) {
        Map<String, String> wish = query(authorizationUrl);
        return back(wish, "code=" + issuer.authorize(wish));
    }

    /** The person says no. */
    public synchronized URI deny(URI authorizationUrl) {
        return back(query(authorizationUrl), "error=access_denied");
    }

    /** What the protected resource says about itself; changes count from the next request on. */
    public Map<String, Object> resourceMetadata() {
        return resourceMetadata;
    }

    /** What the authorization server says about itself; changes count from the next request on. */
    public Map<String, Object> serverMetadata() {
        return serverMetadata;
    }

    /** The {@code WWW-Authenticate} of a 401. */
    public synchronized void challenge(String header) {
        challenge = header;
    }

    public synchronized void lifetime(Duration ofAccessTokens) {
        issuer.lifetime = ofAccessTokens;
    }

    public synchronized void rotates(boolean newRefreshTokenEachTime) {
        issuer.rotates = newRefreshTokenEachTime;
    }

    public synchronized void givesRefreshTokens(boolean gives) {
        issuer.givesRefreshTokens = gives;
    }

    /** A client that a person registered by hand. */
    public synchronized void pin(String id, Optional<String> secret, String authMethod, URI redirectUri) {
        issuer.pin(id, secret, authMethod, redirectUri.toString());
    }

    /** Every dynamically registered client is purged. */
    public synchronized void forgetClients() {
        issuer.forgetClients();
    }

    public synchronized void revokeEverything() {
        issuer.revokeEverything();
    }

    public synchronized boolean isLive(String accessToken) {
        return issuer.isLive(accessToken);
    }

    /** Serves a URL another way from now on; {@code GET https://...} or {@code POST https://...}. */
    public synchronized void route(String methodAndUrl, Function<Request, Answer> handler) {
        routes.put(methodAndUrl, handler);
    }

    /** 404 from now on. */
    public synchronized void withdraw(String methodAndUrl) {
        routes.remove(methodAndUrl);
    }

    /** Fault: the next request to this URL is answered so, and nothing else happens. */
    public synchronized void answerOnce(String url, Answer answer) {
        plan(url, request -> answer);
    }

    /** Fault: the next request to this URL does its work, and its answer is lost on the way. */
    public synchronized void loseAnswerOnce(String url) {
        plan(url, request -> {
            serve(request);
            return new Answer.SentWithoutAnswer("connection reset");
        });
    }

    /** All requests so far. */
    public synchronized List<Request> asked() {
        return List.copyOf(asked);
    }

    /** Method and URL of all requests so far. */
    public synchronized List<String> askedFor() {
        return asked.stream()
                .map(request -> request.method() + " " + request.url())
                .toList();
    }

    /** The form of the last request to this URL. */
    public synchronized Map<String, String> lastForm(String url) {
        return asked.stream()
                .filter(request -> request.url().toString().equals(url))
                .reduce((first, second) -> second)
                .map(FakeAuthServer::form)
                .orElse(Map.of());
    }

    public static Answer json(int status, Object body) {
        return answer(status, "application/json", body instanceof String text ? text : JSON.writeValueAsString(body));
    }

    public static Answer answer(int status, String contentType, String body) {
        List<Header> headers =
                List.of(new Header("Content-Type", contentType), new Header("Cache-Control", "no-store"));
        return new Answer.Answered(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private void plan(String url, Function<Request, Answer> fault) {
        faults.computeIfAbsent(url, key -> new ArrayDeque<>()).add(fault);
    }

    private Answer serve(Request request) {
        Function<Request, Answer> route = routes.get(request.method() + " " + request.url());
        return route == null ? answer(404, "text/plain", "not found") : route.apply(request);
    }

    private Answer mcp(Request request) {
        String token = header(request, "Authorization").replaceFirst("^Bearer ", "");
        if (!issuer.isLive(token)) {
            return new Answer.Answered(401, List.of(new Header("WWW-Authenticate", challenge)), new byte[0]);
        }
        return json(
                200,
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"serverInfo\":{\"name\":\"fake\",\"version\":\"1\"}}}");
    }

    private Answer register(Request request) {
        JsonNode wish = JSON.readTree(request.body().orElseThrow());
        String method = wish.path("token_endpoint_auth_method").asString("client_secret_basic");
        boolean isNative = wish.path("application_type").asString("").equals("native");
        boolean refreshes = wish.path("grant_types").toString().contains("refresh_token");
        if (!isNative || !refreshes || wish.path("redirect_uris").size() != 1) {
            return json(400, Map.of("error", "invalid_client_metadata"));
        }
        return json(201, issuer.register(wish.path("redirect_uris").path(0).asString(""), method));
    }

    private Answer revoke(Request request) {
        return guarded(() -> {
            issuer.revoke(form(request), basic(request));
            return Map.of();
        });
    }

    private static Answer guarded(java.util.function.Supplier<Map<String, Object>> work) {
        try {
            return json(200, work.get());
        } catch (FakeIssuer.Refusal no) {
            return json(no.error().equals("invalid_client") ? 401 : 400, Map.of("error", no.error()));
        }
    }

    private static URI back(Map<String, String> wish, String outcome) {
        String state = URLEncoder.encode(wish.getOrDefault("state", ""), StandardCharsets.UTF_8);
        return URI.create(wish.get("redirect_uri") + "?" + outcome + "&state=" + state);
    }

    private static Map<String, String> query(URI url) {
        return single(url.getRawQuery());
    }

    private static Map<String, String> form(Request request) {
        return single(new String(request.body().orElseThrow(), StandardCharsets.UTF_8));
    }

    private static Map<String, String> single(String encoded) {
        Map<String, String> values = new HashMap<>();
        URLUtils.parseParameters(encoded).forEach((name, list) -> values.put(name, String.join(" AND ", list)));
        return values;
    }

    /** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
    private static Optional<String[]> basic(Request request) {
        String header = header(request, "Authorization");
        if (!header.toLowerCase(Locale.ROOT).startsWith("basic ")) {
            return Optional.empty();
        }
        String pair = new String(Base64.getDecoder().decode(header.substring(6)), StandardCharsets.UTF_8);
        String[] halves = pair.split(":", 2);
        return Optional.of(new String[] {decoded(halves[0]), decoded(halves[1])});
    }

    private static String decoded(String half) {
        return URLDecoder.decode(half, StandardCharsets.UTF_8);
    }

    private static String header(Request request, String name) {
        return request.headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .findFirst()
                .orElse("");
    }
}
