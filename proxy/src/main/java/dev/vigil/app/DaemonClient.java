// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.LoginStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a command talks to the daemon of its home: the routes of {@link DaemonPages}, with the owner key. Blocks; each call
 * has a time limit.
 */
final class DaemonClient implements LoginDesk {
    /** Longer than discovery and registration may take together. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    private final DaemonFile.Running daemon;
    private final Secret ownerKey;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();

    DaemonClient(DaemonFile.Running daemon, Secret ownerKey) {
        this.daemon = daemon;
        this.ownerKey = ownerKey;
    }

    DaemonFile.Running daemon() {
        return daemon;
    }

    ObjectNode status() {
        return (ObjectNode) json(good(get("/api/status")));
    }

    /** What is wrong with the config, for the person; empty when the daemon has taken it. */
    List<String> reload() {
        HttpResponse<String> answer = post("/api/reload", "");
        if (answer.statusCode() == 409) {
            return problems(answer);
        }
        good(answer);
        return List.of();
    }

    void stop() {
        good(post("/api/stop", ""));
    }

    @Override
    public LoginStatus.Waiting begin(Connector connector, Optional<List<String>> scopes) {
        ObjectNode asked = JSON.createObjectNode().put("connector", connector.name());
        scopes.ifPresent(wanted -> asked.set("scopes", JSON.valueToTree(wanted)));
        HttpResponse<String> answer = post("/api/logins", JSON.writeValueAsString(asked));
        if (answer.statusCode() == 409) {
            throw new ConfigException(problems(answer));
        }
        LoginStatus begun = LoginJson.read(good(answer).body());
        if (begun instanceof LoginStatus.Waiting waiting) {
            return waiting;
        }
        throw LoginTalk.failure(begun);
    }

    @Override
    public LoginStatus status(String id) {
        return LoginJson.read(good(get("/api/logins/" + id)).body());
    }

    @Override
    public LoginStatus redirected(URI pasted) {
        ObjectNode asked = JSON.createObjectNode().put("url", pasted.toString());
        return LoginJson.read(
                good(post("/api/redirects", JSON.writeValueAsString(asked))).body());
    }

    @Override
    public void close() {
        // Nothing is held: connections end by themselves.
    }

    private HttpResponse<String> get(String path) {
        return send(to(path).GET());
    }

    private HttpResponse<String> post(String path, String body) {
        return send(to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(daemon.url() + path))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + ownerKey.reveal());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Failure(Failure.Code.UNREACHABLE, who() + " does not answer (" + e + "). To end it: vigil stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.UNEXPECTED, "interrupted");
        }
    }

    private HttpResponse<String> good(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw new Failure(
                    Failure.Code.UNEXPECTED,
                    who() + " answered " + answer.statusCode() + ": "
                            + json(answer).path("message").asString("no message") + ". Its log may say more");
        }
        return answer;
    }

    private String who() {
        return "the daemon at " + daemon.url() + " (process " + daemon.pid() + ")";
    }

    private static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    private static List<String> problems(HttpResponse<String> answer) {
        return json(answer)
                .path("problems")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }
}
