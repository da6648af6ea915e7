// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginReport;
import dev.vigil.oauth.LoginStatus;
import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A login on its way between daemon and command, as {@code /api/logins} carries it. Holds no secret. */
final class LoginJson {
    private static final JsonMapper JSON = new JsonMapper();

    private LoginJson() {}

    static String write(LoginStatus status) {
        return JSON.writeValueAsString(json(status));
    }

    static LoginStatus read(String text) {
        JsonNode json = JSON.readTree(text);
        return switch (json.path("state").asString()) {
            case "waiting" ->
                new Waiting(
                        json.path("id").asString(),
                        json.path("connector").asString(),
                        URI.create(json.path("authorization_url").asString()));
            case "done" -> new Done(report(json));
            case "failed" ->
                new Failed(
                        json.path("connector").asString(),
                        LoginException.Kind.valueOf(json.path("kind").asString()),
                        json.path("message").asString());
            default -> new Unknown();
        };
    }

    private static ObjectNode json(LoginStatus status) {
        ObjectNode json = JSON.createObjectNode();
        if (status instanceof Waiting waiting) {
            return json.put("state", "waiting")
                    .put("id", waiting.id())
                    .put("connector", waiting.connector())
                    .put("authorization_url", waiting.authorizationUrl().toString());
        }
        if (status instanceof Done done) {
            return put(json.put("state", "done"), done.report());
        }
        if (status instanceof Failed failed) {
            return json.put("state", "failed")
                    .put("connector", failed.connector())
                    .put("kind", failed.kind().name())
                    .put("message", failed.message());
        }
        if (status instanceof Unknown) {
            return json.put("state", "unknown");
        }
        throw new AssertionError(status);
    }

    private static ObjectNode put(ObjectNode json, LoginReport report) {
        json.put("connector", report.connector());
        json.put("issuer", report.issuer());
        json.put("account", report.account().orElse(null));
        json.set("scopes", JSON.valueToTree(report.scopes()));
        json.put(
                "access_lifetime_s",
                report.accessLifetime().map(Duration::toSeconds).orElse(null));
        json.put("has_refresh_token", report.hasRefreshToken());
        return json;
    }

    private static LoginReport report(JsonNode json) {
        List<String> scopes = new ArrayList<>();
        json.path("scopes").forEach(scope -> scopes.add(scope.asString()));
        return new LoginReport(
                json.path("connector").asString(),
                json.path("issuer").asString(),
                json.path("account").isString()
                        ? Optional.of(json.path("account").asString())
                        : Optional.empty(),
                scopes,
                json.path("access_lifetime_s").isNumber()
                        ? Optional.of(Duration.ofSeconds(
                                json.path("access_lifetime_s").asLong()))
                        : Optional.empty(),
                json.path("has_refresh_token").asBoolean());
    }
}
