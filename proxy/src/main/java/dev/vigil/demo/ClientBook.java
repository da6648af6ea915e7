// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Dynamic client registration (RFC 7591) and what it remembered. Touched on the server's event loop only. */
final class ClientBook {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

    /** Redirect URIs by client id. */
    private final Map<String, Set<String>> clients = new HashMap<>();

    private final Supplier<String> unguessable;

    ClientBook(Supplier<String> unguessable) {
        this.unguessable = unguessable;
    }

    boolean knows(String clientId) {
        return clients.containsKey(clientId);
    }

    /** Compares byte by byte, as RFC 9700, 2.1 demands. */
    boolean allows(String clientId, String redirectUri) {
        return clients.getOrDefault(clientId, Set.of()).contains(redirectUri);
    }

    WebAnswer register(String body, Instant now) {
        JsonNode asked;
        try {
            asked = JsonRpc.MAPPER.readTree(body);
        } catch (JacksonException e) {
            return refused("invalid_client_metadata", "the body is not JSON");
        }
        List<String> redirects = new ArrayList<>();
        for (JsonNode redirect : asked.path("redirect_uris")) {
            redirects.add(redirect.asString(""));
        }
        Optional<String> wrong =
                redirects.stream().filter(uri -> !isAllowed(uri)).findFirst();
        if (redirects.isEmpty() || wrong.isPresent()) {
            String why = wrong.map(uri -> uri + " is neither https nor http on loopback")
                    .orElse("redirect_uris is missing");
            return refused("invalid_redirect_uri", why);
        }
        return registered(asked, Set.copyOf(redirects), now);
    }

    private WebAnswer registered(JsonNode asked, Set<String> redirects, Instant now) {
        String clientId = "demo-client-" + unguessable.get();
        clients.put(clientId, redirects);
        ObjectNode told = JsonRpc.object();
        for (String name : List.of("client_name", "redirect_uris", "application_type", "scope")) {
            if (asked.has(name)) {
                told.set(name, asked.get(name));
            }
        }
        told.put("client_id", clientId).put("client_id_issued_at", now.getEpochSecond());
        told.put("token_endpoint_auth_method", "none"); // RFC 7591, 3.2.1: a server may replace what was asked
        told.putArray("grant_types").add("authorization_code").add("refresh_token");
        told.putArray("response_types").add("code");
        return WebAnswer.json(201, told).with("Cache-Control", "no-store");
    }

    /** RFC 8252, 7.3 and 8.3: plain http is fine where it does not leave the machine. */
    private static boolean isAllowed(String redirect) {
        try {
            URI uri = new URI(redirect);
            boolean loopback =
                    "http".equals(uri.getScheme()) && uri.getHost() != null && LOOPBACK.contains(uri.getHost());
            boolean https = "https".equals(uri.getScheme()) && uri.getHost() != null;
            return (loopback || https) && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static WebAnswer refused(String error, String description) {
        return WebAnswer.json(400, JsonRpc.object().put("error", error).put("error_description", description));
    }
}
