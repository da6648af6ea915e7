// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.session.SessionOwner;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who comes in and where to. In order: is it HTTP; are host and origin ours; which route; and, where a grant could
 * be used, does the client show a local key. Called on {@code proxy-io}.
 */
final class FrontDoor {
    private static final Set<HttpMethod> MCP_METHODS = Set.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.DELETE);
    private static final String BEARER = "bearer ";

    private final ProxyServer.Shared shared;
    private final LocalGuard guard;
    private final Optional<String> only;

    /** @param only the connector that this port belongs to; empty on the port of all */
    FrontDoor(ProxyServer.Shared shared, LocalGuard guard, Optional<String> only) {
        this.shared = shared;
        this.guard = guard;
        this.only = only;
    }

    /** The turn that serves this request; null when it has been answered already. */
    @Nullable
    Turn receive(HttpRequest request, ClientHandler.Connection client) {
        if (request.decoderResult().isFailure()) {
            return malformed(request.decoderResult().cause(), client);
        }
        String fault = HeaderCheck.faultOf(request);
        if (fault != null) {
            client.doNotKeep();
            return turnAway(client, 400, "malformed", "This request is not clean HTTP: " + fault + ".");
        }
        String path = pathOf(request.uri());
        Optional<String> stranger = guard.refusal(request.headers(), path.equals(Route.CALLBACK));
        if (stranger.isPresent()) {
            return turnAway(client, 403, "host_or_origin", stranger.get());
        }
        Route route = only.map(name -> Route.onPortOf(name, path)).orElseGet(() -> Route.of(path));
        if (route instanceof Route.ToPage) {
            return new PageTurn(shared.parts().pages(), request, client);
        }
        if (route instanceof Route.ToConnector wanted) {
            return toConnector(wanted, request, client);
        }
        String where = only.map(name -> "This port belongs to " + name + ", which is at /mcp.")
                .orElse("A connector is at /mcp/NAME.");
        ClientReply.json(client.ctx(), 404, "not_found", "Nothing is here. " + where, client.isKept());
        client.turnOver();
        return null;
    }

    private @Nullable Turn toConnector(Route.ToConnector wanted, HttpRequest request, ClientHandler.Connection client) {
        Optional<String> clientName = Optional.empty();
        if (shared.settings().localKey()) {
            clientName = wanted.key()
                    .or(() -> bearer(request))
                    .flatMap(shared.parts().localKeys());
            if (clientName.isEmpty()) {
                shared.parts().events().turnedAway("local_key", keyTrouble(wanted, request));
                return new StrangerTurn(request, client);
            }
        }
        Optional<Connector> connector = shared.parts().connectors().apply(wanted.name());
        if (connector.isEmpty()) {
            return turnAway(
                    client,
                    404,
                    "no_such_connector",
                    "There is no connector " + wanted.name() + ". Run: vigil add " + wanted.name() + " URL");
        }
        if (!MCP_METHODS.contains(request.method())) {
            return turnAway(client, 405, "method", request.method() + " is not a method of MCP.");
        }
        SessionOwner owner = SessionOwner.of(connector.get(), clientName);
        Optional<PostBox> box = wanted.box().flatMap(id -> shared.boxes().find(id, owner));
        if (wanted.box().isPresent() && (box.isEmpty() || !request.method().equals(HttpMethod.POST))) {
            return turnAway(client, 404, "no_such_stream", "The event stream that this address belongs to has ended.");
        }
        Exchange exchange = new Exchange(shared, connector.get(), request, client, clientName, box);
        exchange.begin();
        return exchange;
    }

    private static String keyTrouble(Route.ToConnector wanted, HttpRequest request) {
        boolean shown = wanted.key().isPresent() || bearer(request).isPresent();
        String agent = request.headers().get(HttpHeaderNames.USER_AGENT, "a client");
        return agent + " showed " + (shown ? "a local key that is not known" : "no local key") + " for "
                + wanted.name();
    }

    private @Nullable Turn malformed(Throwable cause, ClientHandler.Connection client) {
        if (cause instanceof TooLongHttpHeaderException) {
            return turnAway(client, 431, "too_large", "The header block is longer than 64 KiB.");
        }
        if (cause instanceof TooLongHttpLineException) {
            return turnAway(client, 414, "too_large", "The request line is longer than 8 KiB.");
        }
        return turnAway(client, 400, "malformed", "This is not HTTP.");
    }

    private @Nullable Turn turnAway(ClientHandler.Connection client, int status, String why, String message) {
        shared.parts().events().turnedAway(why, message);
        ClientReply.json(client.ctx(), status, why, message, client.isKept());
        client.turnOver();
        return null;
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The key in {@code Authorization: Bearer KEY}. */
    static Optional<Secret> bearer(HttpRequest request) {
        String value = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        boolean shaped = value != null
                && value.length() > BEARER.length()
                && value.regionMatches(true, 0, BEARER, 0, BEARER.length());
        return shaped ? Optional.of(new Secret(value.substring(BEARER.length()).trim())) : Optional.empty();
    }
}
