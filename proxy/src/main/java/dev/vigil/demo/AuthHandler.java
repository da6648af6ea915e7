// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import tools.jackson.databind.node.ObjectNode;

/** The authorization server's pages. One for all connections; runs on the server's event loop. */
@ChannelHandler.Sharable
final class AuthHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final String issuer;
    private final TimeSource time;
    private final TokenBook book;
    private final Secret introspectionKey;
    private final ClientBook clients = new ClientBook(DemoAuthServer::unguessable);
    private final AuthorizeRoute authorizeRoute;
    private final TokenRoute tokenRoute;

    AuthHandler(
            String issuer, DemoAuthServer.Settings settings, TokenBook book, Secret introspectionKey, Executor loop) {
        this.issuer = issuer;
        this.time = settings.time();
        this.book = book;
        this.introspectionKey = introspectionKey;
        this.authorizeRoute =
                new AuthorizeRoute(issuer, settings.autoApprove(), clients, book, DemoAuthServer::unguessable);
        this.tokenRoute = new TokenRoute(settings, clients, book, loop);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ctx.writeAndFlush(DemoHttp.response(WebAnswer.text(400, "This is not HTTP.")));
            ctx.close();
            return;
        }
        answer(WebRequest.of(request)).thenAcceptAsync(answer -> write(ctx, answer), ctx.executor());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // the peer went away in the middle of a request; it will ask again if it cares
    }

    private static void write(ChannelHandlerContext ctx, Optional<WebAnswer> answer) {
        if (answer.isPresent()) {
            ctx.writeAndFlush(DemoHttp.response(answer.get()));
        } else {
            DemoHttp.reset(ctx.channel());
        }
    }

    private CompletionStage<Optional<WebAnswer>> answer(WebRequest request) {
        String route = request.method() + " " + request.path();
        if (route.equals("POST /token")) {
            return tokenRoute.answer(request);
        }
        return CompletableFuture.completedStage(Optional.of(page(route, request)));
    }

    private WebAnswer page(String route, WebRequest request) {
        return switch (route) {
            case "GET /.well-known/oauth-authorization-server" -> WebAnswer.json(200, metadata());
            case "POST /register" -> clients.register(request.body(), time.now().wall());
            case "GET /authorize" -> authorizeRoute.authorize(request, time.now());
            case "POST /consent" -> authorizeRoute.consent(request, time.now());
            case "POST /revoke" -> revoke(request);
            case "POST /introspect" -> introspect(request);
            default -> WebAnswer.json(404, JsonRpc.object().put("error", "not_found"));
        };
    }

    /** RFC 8414, 2. */
    private ObjectNode metadata() {
        ObjectNode metadata = JsonRpc.object()
                .put("issuer", issuer)
                .put("authorization_endpoint", issuer + "/authorize")
                .put("token_endpoint", issuer + "/token")
                .put("registration_endpoint", issuer + "/register")
                .put("revocation_endpoint", issuer + "/revoke")
                .put("introspection_endpoint", issuer + "/introspect")
                .put("authorization_response_iss_parameter_supported", true);
        metadata.putArray("response_types_supported").add("code");
        metadata.putArray("response_modes_supported").add("query");
        metadata.putArray("grant_types_supported").add("authorization_code").add("refresh_token");
        metadata.putArray("code_challenge_methods_supported").add("S256");
        metadata.putArray("token_endpoint_auth_methods_supported").add("none");
        metadata.putArray("revocation_endpoint_auth_methods_supported").add("none");
        return metadata;
    }

    /** RFC 7009, 2.2: an unknown token is no error. */
    private WebAnswer revoke(WebRequest request) {
        String clientId = request.form("client_id").orElse("");
        if (!clients.knows(clientId)) {
            return TokenRoute.error(401, "invalid_client", "client_id is missing or not registered");
        }
        if (request.form("token").isEmpty()) {
            return TokenRoute.error(400, "invalid_request", "token is missing");
        }
        book.revoke(new Secret(request.form("token").get()), clientId);
        return WebAnswer.empty(200);
    }

    /** RFC 7662, for resource servers that were given the key; 2.1 forbids to answer anybody else. */
    private WebAnswer introspect(WebRequest request) {
        if (!request.bearer().equals(Optional.of(introspectionKey))) {
            return WebAnswer.empty(401).with("WWW-Authenticate", "Bearer");
        }
        ObjectNode told = request.form("token")
                .flatMap(token -> book.facts(new Secret(token), time.now()))
                .map(AuthHandler::describe)
                .orElseGet(() -> JsonRpc.object().put("active", false));
        return WebAnswer.json(200, told).with("Cache-Control", "no-store");
    }

    private static ObjectNode describe(TokenBook.Facts facts) {
        return JsonRpc.object()
                .put("active", true)
                .put("sub", TokenBook.SUBJECT)
                .put("client_id", facts.ask().clientId())
                .put("scope", facts.ask().scope())
                .put("aud", facts.ask().resource())
                .put("token_type", "Bearer")
                .put("exp", facts.expiresAt().getEpochSecond());
    }
}
