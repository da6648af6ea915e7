// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.LoginStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a command talks to the daemon of its home: the routes of {@link DaemonPages}, with the owner key. Blocks; each call
 * has a time limit for the whole of its answer, and ends in a {@link Failure} where none comes.
 */
final class DaemonClient implements LoginDesk {
    /** What the daemon has at hand. A person waits, and one that hangs is told of all the sooner. */
    private static final Duration AT_HAND = Duration.ofSeconds(3);
    /** What it reads from the disk first. */
    private static final Duration FROM_DISK = Duration.ofSeconds(10);
    /** Longer than discovery and registration may take together. */
    private static final Duration FROM_AFAR = Duration.ofSeconds(60);

    private static final JsonMapper JSON = new JsonMapper();

    private final DaemonFile.Running daemon;
    private final Secret ownerKey;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
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
        return (ObjectNode) json(good(send(to("/api/status").GET(), AT_HAND)));
    }

    /** What is wrong with the config, for the person; empty when the daemon has taken it. */
    List<String> reload() {
        HttpResponse<String> answer = post("/api/reload", "", FROM_DISK);
        if (answer.statusCode() == 409) {
            return problems(answer);
        }
        good(answer);
        return List.of();
    }

    /** What a round of synchronization did. */
    JsonNode sync() {
        HttpResponse<String> answer = post("/api/sync", "", FROM_AFAR);
        if (answer.statusCode() == 409) {
            throw new Failure(
                    Failure.Code.USAGE,
                    "the running daemon has no bucket: it began before sync: was in the config. Run: vigil stop, vigil run");
        }
        return json(good(answer));
    }

    void stop() {
        good(post("/api/stop", "", AT_HAND));
    }

    @Override
    public LoginStatus.Waiting begin(Connector connector, Optional<List<String>> scopes) {
        ObjectNode asked = JSON.createObjectNode().put("connector", connector.name());
        scopes.ifPresent(wanted -> asked.set("scopes", JSON.valueToTree(wanted)));
        HttpResponse<String> answer = post("/api/logins", JSON.writeValueAsString(asked), FROM_AFAR);
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
        return LoginJson.read(
                good(send(to("/api/logins/" + id).GET(), FROM_AFAR)).body());
    }

    @Override
    public LoginStatus redirected(URI pasted) {
        ObjectNode asked = JSON.createObjectNode().put("url", pasted.toString());
        return LoginJson.read(good(post("/api/redirects", JSON.writeValueAsString(asked), FROM_AFAR))
                .body());
    }

    @Override
    public void close() {
        // Nothing is held: connections end by themselves.
    }

    private HttpResponse<String> post(String path, String body, Duration limit) {
        return send(to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)), limit);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(daemon.url() + path))
                .header("Authorization", "Bearer " + ownerKey.reveal());
    }

    /** The client's own limit ends with the headers of an answer; a daemon may hang in the middle of its body. */
    private HttpResponse<String> send(HttpRequest.Builder request, Duration limit) {
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request.build(), BodyHandlers.ofString());
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw silent("holds the port but has not answered within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw silent("does not answer (" + e.getCause() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.UNEXPECTED, "interrupted");
        }
    }

    private Failure silent(String how) {
        return new Failure(Failure.Code.UNREACHABLE, who() + " " + how + ". To end it: vigil stop");
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
