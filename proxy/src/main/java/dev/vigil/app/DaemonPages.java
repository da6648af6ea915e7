// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Secret;
import dev.vigil.oauth.LoginCallback;
import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginStatus;
import dev.vigil.proxy.LocalPages;
import dev.vigil.proxy.LoginLinks;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The daemon's own routes. Whoever may use or see a grant shows the owner key; the OAuth callback is guarded by its
 * {@code state}, a login's link by its id, and {@code /healthz} tells nothing.
 *
 * <pre>
 *   GET  /healthz                    {"status":"ok"}
 *   GET  /oauth/callback?...         a page for the browser
 *   GET  /login/ID                   leads a browser to the login that this link is for (LoginLinks)
 *   GET  /api/status                 all connectors and the daemon itself (StatusReport)
 *   POST /api/reload                 reads config, grants and keys again; 200, or 409 with the problems
 *   POST /api/sync                   synchronizes with the bucket (SyncReport); 409 where none is configured
 *   POST /api/logins                 {"connector":NAME,"scopes":[...]}: begins a login (LoginJson)
 *   GET  /api/logins/ID              where that login stands
 *   POST /api/redirects              {"url":URL}: the pasted redirect URL
 *   POST /api/stop                   drains and ends the daemon
 * </pre>
 *
 * Called on {@code proxy-io}; everything that may block runs on {@code workers}.
 */
final class DaemonPages implements LocalPages {
    private static final JsonMapper JSON = new JsonMapper();

    /** What the routes do. May block; called on {@code workers}. */
    interface Desk {
        String status();

        /** What is wrong with the config; empty when it is in force now. */
        List<String> reload();

        /** What a round of synchronization did, as JSON; empty where no bucket is configured. */
        Optional<String> sync();

        /** The login that waits for this connector, or a new one. */
        LoginStatus join(String connector) throws LoginException;

        LoginStatus begin(String connector, Optional<List<String>> scopes) throws LoginException;

        LoginStatus login(String id);

        LoginStatus redirected(URI url);

        void stop();
    }

    private final Predicate<Secret> isOwner;
    private final Desk desk;
    private final LoginLinks links;
    private final Executor workers;

    DaemonPages(Predicate<Secret> isOwner, Desk desk, LoginLinks links, Executor workers) {
        this.isOwner = isOwner;
        this.desk = desk;
        this.links = links;
        this.workers = workers;
    }

    @Override
    public CompletionStage<Page> answer(Visit visit) {
        if (visit.path().equals("/healthz")) {
            return CompletableFuture.completedFuture(Page.json(200, "{\"status\":\"ok\"}"));
        }
        return CompletableFuture.supplyAsync(() -> page(visit), workers);
    }

    private Page page(Visit visit) {
        if (visit.path().equals("/oauth/callback")) {
            return callback(visit);
        }
        if (visit.path().startsWith(LoginLinks.PATH)) {
            return opened(visit);
        }
        if (visit.bearer().filter(isOwner).isEmpty()) {
            return problem(403, "owner_key", "This needs the owner key, which the vigil command has.");
        }
        try {
            return api(visit);
        } catch (JacksonException | IllegalArgumentException e) {
            return problem(400, "malformed", "The body is not what this route takes.");
        }
    }

    private Page callback(Visit visit) {
        if (!visit.method().equals("GET")) {
            return problem(405, "method", "GET only.");
        }
        LoginCallback.Page page = LoginCallback.page(desk.redirected(URI.create(visit.target())));
        return Page.html(page.status(), page.html());
    }

    /** A person has opened the link of a login. So may a program that looks ahead: both come to the same login. */
    private Page opened(Visit visit) {
        if (!visit.method().equals("GET")) {
            return problem(405, "method", "GET only.");
        }
        Optional<String> connector = links.connectorOf(visit.path().substring(LoginLinks.PATH.length()));
        try {
            if (connector.isPresent() && desk.join(connector.get()) instanceof LoginStatus.Waiting waiting) {
                return Page.elsewhere(waiting.authorizationUrl());
            }
            return Page.html(LoginCallback.Page.UNKNOWN.status(), LoginCallback.Page.UNKNOWN.html());
        } catch (LoginException | ConfigException e) {
            return Page.html(LoginCallback.Page.NOT_BEGUN.status(), LoginCallback.Page.NOT_BEGUN.html());
        }
    }

    private Page api(Visit visit) {
        String login = "GET /api/logins/";
        String asked = visit.method() + " " + visit.path();
        if (asked.startsWith(login)) {
            return Page.json(200, LoginJson.write(desk.login(asked.substring(login.length()))));
        }
        return switch (asked) {
            case "GET /api/status" -> Page.json(200, desk.status());
            case "POST /api/reload" -> reload();
            case "POST /api/sync" ->
                desk.sync()
                        .map(round -> Page.json(200, round))
                        .orElseGet(() -> problem(409, "no_bucket", "The config in force names no bucket."));
            case "POST /api/logins" -> begin(JSON.readTree(visit.body()));
            case "POST /api/redirects" -> redirected(JSON.readTree(visit.body()));
            case "POST /api/stop" -> {
                desk.stop();
                yield Page.json(202, "{\"status\":\"stopping\"}");
            }
            default -> problem(404, "not_found", "There is no " + visit.method() + " of this.");
        };
    }

    private Page reload() {
        List<String> problems = desk.reload();
        return problems.isEmpty() ? Page.json(200, "{\"status\":\"reloaded\"}") : refused(problems);
    }

    private Page begin(JsonNode asked) {
        Optional<List<String>> scopes = Optional.empty();
        if (asked.path("scopes").isArray()) {
            List<String> wanted = new ArrayList<>();
            asked.path("scopes").forEach(scope -> wanted.add(scope.asString()));
            scopes = Optional.of(wanted);
        }
        try {
            return Page.json(
                    200, LoginJson.write(desk.begin(asked.path("connector").asString(), scopes)));
        } catch (LoginException e) {
            LoginStatus failed = new LoginStatus.Failed(asked.path("connector").asString(), e.kind(), e.getMessage());
            return Page.json(200, LoginJson.write(failed));
        } catch (ConfigException e) {
            return refused(e.problems());
        }
    }

    private Page redirected(JsonNode asked) {
        return Page.json(
                200,
                LoginJson.write(desk.redirected(URI.create(asked.path("url").asString()))));
    }

    private static Page refused(List<String> problems) {
        ObjectNode body = JSON.createObjectNode().put("error", "config");
        body.set("problems", JSON.valueToTree(problems));
        return Page.json(409, JSON.writeValueAsString(body));
    }

    private static Page problem(int status, String error, String message) {
        ObjectNode body = JSON.createObjectNode().put("error", error).put("message", message);
        return Page.json(status, JSON.writeValueAsString(body));
    }
}
