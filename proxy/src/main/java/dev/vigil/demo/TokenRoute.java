// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The token endpoint (RFC 6749, 4.1.3 and 6) and the faults that strike there. Runs on the server's event loop. */
final class TokenRoute {
    /** RFC 7636, 4.1. */
    private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    private final DemoAuthServer.Settings settings;
    private final ClientBook clients;
    private final TokenBook book;
    private final TimeSource time;
    private final Consumer<String> log;
    /** The server's event loop: a test may complete a stage from any thread. */
    private final Executor loop;

    TokenRoute(DemoAuthServer.Settings settings, ClientBook clients, TokenBook book, Executor loop) {
        this.loop = loop;
        this.settings = settings;
        this.clients = clients;
        this.book = book;
        this.time = settings.time();
        this.log = settings.log();
    }

    /** Completes with the answer, with nothing when the connection is to be reset, or never. */
    CompletionStage<Optional<WebAnswer>> answer(WebRequest request) {
        String kind = request.form("grant_type").orElse("");
        Optional<TokenFault> fault = settings.faults().take(kind);
        fault.ifPresent(
                struck -> log.accept("token request: " + struck.getClass().getSimpleName() + " strikes"));
        return fault.map(struck -> strike(struck, request)).orElseGet(() -> now(commit(request, true, true)));
    }

    /** Takes a fault apart. */
    private CompletionStage<Optional<WebAnswer>> strike(TokenFault fault, WebRequest request) {
        if (fault instanceof TokenFault.Answer answer) {
            return now(WebAnswer.of(answer.status(), answer.contentType(), answer.body()));
        }
        if (fault instanceof TokenFault.HoldBeforeCommit hold) {
            return hold.until().get().thenApplyAsync(done -> Optional.of(commit(request, true, true)), loop);
        }
        if (fault instanceof TokenFault.HoldAfterCommit hold) {
            WebAnswer answer = commit(request, true, true);
            return hold.until().get().thenApply(done -> Optional.of(answer));
        }
        if (fault instanceof TokenFault.DropBeforeCommit) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        if (fault instanceof TokenFault.DropAfterCommit) {
            commit(request, true, true);
            return CompletableFuture.completedStage(Optional.empty());
        }
        if (fault instanceof TokenFault.OmitExpiresIn) {
            return now(commit(request, true, false));
        }
        if (fault instanceof TokenFault.OmitRefreshToken) {
            return now(commit(request, false, true));
        }
        throw new AssertionError(fault);
    }

    private WebAnswer commit(WebRequest request, boolean rotate, boolean tellExpiry) {
        Optional<WebAnswer> refused = refuse(request);
        if (refused.isPresent()) {
            return refused.get();
        }
        String kind = request.form("grant_type").orElse("");
        if (kind.equals("authorization_code")) {
            return answer(kind, tellExpiry, () -> redeemCode(request));
        }
        return answer(kind, tellExpiry, () -> refresh(request, rotate));
    }

    private Optional<WebAnswer> refuse(WebRequest request) {
        String kind = request.form("grant_type").orElse("");
        if (request.form().values().stream().anyMatch(values -> values.size() > 1)) {
            return Optional.of(error(400, "invalid_request", "a parameter is given twice"));
        }
        if (!kind.equals("authorization_code") && !kind.equals("refresh_token")) {
            return Optional.of(error(400, "unsupported_grant_type", "use authorization_code or refresh_token"));
        }
        if (!clients.knows(request.form("client_id").orElse(""))) {
            return Optional.of(error(401, "invalid_client", "client_id is missing or not registered"));
        }
        String credential = kind.equals("refresh_token") ? "refresh_token" : "code";
        if (request.form(credential).isEmpty()) {
            return Optional.of(error(400, "invalid_request", credential + " is missing"));
        }
        return request.form("resource").isPresent()
                ? Optional.empty()
                : Optional.of(error(400, "invalid_target", "resource is missing"));
    }

    private TokenBook.Outcome redeemCode(WebRequest request) {
        String verifier = request.form("code_verifier").orElse("");
        if (!VERIFIER.matcher(verifier).matches()) {
            return new TokenBook.Outcome.Refused("invalid_request", "code_verifier is missing or malformed");
        }
        Ask.Proof proof = new Ask.Proof(
                request.form("client_id").orElseThrow(),
                request.form("redirect_uri").orElse(""),
                verifier,
                request.form("resource").orElseThrow());
        return book.redeemCode(new Secret(request.form("code").orElseThrow()), proof, time.now());
    }

    private TokenBook.Outcome refresh(WebRequest request, boolean rotate) {
        return book.refresh(
                new Secret(request.form("refresh_token").orElseThrow()),
                request.form("client_id").orElseThrow(),
                request.form("resource").orElseThrow(),
                rotate,
                time.now());
    }

    private WebAnswer answer(String kind, boolean tellExpiry, Supplier<TokenBook.Outcome> redeem) {
        TokenBook.Outcome outcome = redeem.get();
        if (outcome instanceof TokenBook.Outcome.Issued issued) {
            log.accept(kind + ": grant " + issued.grant() + " is at generation " + issued.generation());
            return noStore(WebAnswer.json(200, body(issued, tellExpiry)));
        }
        if (outcome instanceof TokenBook.Outcome.Refused refused) {
            log.accept(kind + ": " + refused.error() + ", " + refused.description());
            return error(400, refused.error(), refused.description());
        }
        throw new AssertionError(outcome);
    }

    private ObjectNode body(TokenBook.Outcome.Issued issued, boolean tellExpiry) {
        ObjectNode body = JsonRpc.object()
                .put("access_token", issued.accessToken().reveal())
                .put("token_type", "Bearer")
                .put("scope", issued.scope());
        if (tellExpiry) {
            body.put("expires_in", issued.lifetime().toSeconds());
        }
        issued.refreshToken().ifPresent(token -> body.put("refresh_token", token.reveal()));
        return body;
    }

    static WebAnswer error(int status, String error, String description) {
        return noStore(
                WebAnswer.json(status, JsonRpc.object().put("error", error).put("error_description", description)));
    }

    /** RFC 6749, 5.1. */
    private static WebAnswer noStore(WebAnswer answer) {
        return answer.with("Cache-Control", "no-store").with("Pragma", "no-cache");
    }

    private static CompletionStage<Optional<WebAnswer>> now(WebAnswer answer) {
        return CompletableFuture.completedStage(Optional.of(answer));
    }
}
