// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Now;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The authorization endpoint and its consent page (RFC 6749, 4.1.1; PKCE, {@code resource} and {@code iss} as MCP demands).
 * Touched on the server's event loop only.
 */
final class AuthorizeRoute {
    private static final String DEFAULT_SCOPE = "mcp";
    /** RFC 7636, 4.2: the base64url form of a SHA-256. */
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    /** Nothing that a client sent is shown; the only variable part is a number that we made. */
    private static final String CONSENT_PAGE = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo login</title></head><body>
            <h1>Demo authorization server</h1><p>A program on this machine asks to call the demo MCP server for you.</p>
            <form method="post" action="/consent"><input type="hidden" name="request" value="%s">
            <button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button>
            </form></body></html>
            """;

    private final String issuer;
    private final boolean autoApprove;
    private final ClientBook clients;
    private final TokenBook book;
    private final Supplier<String> unguessable;
    /** Requests whose consent page is open. */
    private final Map<String, Pending> pending = new HashMap<>();

    AuthorizeRoute(
            String issuer, boolean autoApprove, ClientBook clients, TokenBook book, Supplier<String> unguessable) {
        this.issuer = issuer;
        this.autoApprove = autoApprove;
        this.clients = clients;
        this.book = book;
        this.unguessable = unguessable;
    }

    WebAnswer authorize(WebRequest request, Now now) {
        String clientId = request.query("client_id").orElse("");
        String redirectUri = request.query("redirect_uri").orElse("");
        if (!clients.knows(clientId)) {
            return WebAnswer.text(400, "Unknown client_id. Register it first.");
        }
        if (!clients.allows(clientId, redirectUri)) { // RFC 6749, 4.1.2.1: never redirect to an unknown place
            return WebAnswer.text(400, "redirect_uri is not one of those that were registered.");
        }
        Optional<String> state = request.query("state");
        Optional<Problem> problem = problem(request);
        if (problem.isPresent()) {
            return back(
                    redirectUri,
                    state,
                    Map.of(
                            "error",
                            problem.get().error(),
                            "error_description",
                            problem.get().text()));
        }
        Pending asked = new Pending(state, ask(request, clientId, redirectUri));
        return autoApprove ? approve(asked, now) : askPerson(asked);
    }

    /** What the person decided on the consent page. */
    WebAnswer consent(WebRequest request, Now now) {
        Pending asked = pending.remove(request.form("request").orElse(""));
        if (asked == null) {
            return WebAnswer.text(400, "This page is no longer open. Start the login again.");
        }
        return request.form("decision").orElse("").equals("allow")
                ? approve(asked, now)
                : back(asked.ask().redirectUri(), asked.state(), Map.of("error", "access_denied"));
    }

    private static Ask ask(WebRequest request, String clientId, String redirectUri) {
        return new Ask(
                clientId,
                redirectUri,
                request.query("code_challenge").orElseThrow(),
                request.query("resource").orElseThrow(),
                request.query("scope").orElse(DEFAULT_SCOPE));
    }

    private WebAnswer askPerson(Pending asked) {
        String id = unguessable.get();
        pending.put(id, asked);
        return WebAnswer.of(200, "text/html; charset=utf-8", CONSENT_PAGE.formatted(id))
                .with("Cache-Control", "no-store")
                .with("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }

    private WebAnswer approve(Pending asked, Now now) {
        String code = book.code(asked.ask(), now).reveal();
        return back(asked.ask().redirectUri(), asked.state(), Map.of("code", code));
    }

    private WebAnswer back(String redirectUri, Optional<String> state, Map<String, String> what) {
        Map<String, String> parameters = new LinkedHashMap<>(what);
        state.ifPresent(value -> parameters.put("state", value));
        parameters.put("iss", issuer); // RFC 9207: on success and error alike
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return WebAnswer.redirect(302, redirectUri + (redirectUri.contains("?") ? "&" : "?") + query)
                .with("Cache-Control", "no-store");
    }

    private static Optional<Problem> problem(WebRequest request) {
        if (request.query().values().stream().anyMatch(values -> values.size() > 1)) {
            return Problem.of("invalid_request", "a parameter is given twice");
        }
        if (!request.query("response_type").orElse("").equals("code")) {
            return Problem.of("unsupported_response_type", "response_type must be code");
        }
        if (!request.query("code_challenge_method").orElse("").equals("S256")) {
            return Problem.of("invalid_request", "code_challenge_method must be S256");
        }
        if (!CHALLENGE.matcher(request.query("code_challenge").orElse("")).matches()) {
            return Problem.of("invalid_request", "code_challenge is missing or not a SHA-256");
        }
        return request.query("resource").filter(AuthorizeRoute::isResource).isPresent()
                ? Optional.empty()
                : Problem.of("invalid_target", "resource must be an absolute URI without a fragment");
    }

    /** RFC 8707, 2. */
    private static boolean isResource(String resource) {
        try {
            URI uri = new URI(resource);
            return uri.isAbsolute() && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private record Pending(Optional<String> state, Ask ask) {}

    private record Problem(String error, String text) {
        static Optional<Problem> of(String error, String text) {
            return Optional.of(new Problem(error, text));
        }
    }
}
