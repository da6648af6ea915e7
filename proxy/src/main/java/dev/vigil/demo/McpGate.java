// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The resource server's half of OAuth: protected resource metadata (RFC 9728) and challenges (RFC 6750, 3). */
final class McpGate {
    private final String resource;
    private final String metadataUrl;
    private final DemoMcpServer.Protection protection;

    McpGate(String resource, String metadataUrl, DemoMcpServer.Protection protection) {
        this.resource = resource;
        this.metadataUrl = metadataUrl;
        this.protection = protection;
    }

    TokenCheck.Verdict check(Optional<Secret> token) {
        return token.map(shown -> protection.check().check(shown, resource))
                .orElseGet(() -> new TokenCheck.Verdict.Refused("no token"));
    }

    WebAnswer metadata() {
        ObjectNode metadata = JsonRpc.object().put("resource", resource).put("resource_name", "Vigil demo");
        metadata.putArray("authorization_servers").add(protection.issuer());
        metadata.putArray("bearer_methods_supported").add("header");
        if (!protection.scopes().isEmpty()) {
            protection.scopes().forEach(metadata.putArray("scopes_supported")::add);
        }
        return WebAnswer.json(200, metadata);
    }

    /** RFC 6750, 3.1: a request without a token is told where to get one, and no error. */
    WebAnswer unauthorized(HttpHeaders headers, String why) {
        boolean shown = WebRequest.bearer(headers).isPresent();
        String error = shown ? "error=\"invalid_token\", error_description=\"" + why + "\", " : "";
        return refusal(401, error + "resource_metadata=\"" + metadataUrl + "\"");
    }

    WebAnswer insufficientScope(List<String> needed) {
        String scope = String.join(" ", needed);
        return refusal(
                403,
                "error=\"insufficient_scope\", scope=\"" + scope + "\", resource_metadata=\"" + metadataUrl + "\"");
    }

    private static WebAnswer refusal(int status, String challenge) {
        String error = status == 401 ? "invalid_token" : "insufficient_scope";
        return WebAnswer.json(status, JsonRpc.object().put("error", error))
                .with("WWW-Authenticate", "Bearer " + challenge);
    }
}
