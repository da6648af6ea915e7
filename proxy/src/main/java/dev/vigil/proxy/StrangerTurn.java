// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Optional;

/**
 * A client without a local key. It is told what to run, in an answer that its own user sees: a 401 would make it begin
 * OAuth against us. Nothing else is revealed, not even whether the connector exists.
 */
final class StrangerTurn implements Turn {
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final MessageScan scan = new MessageScan();

    StrangerTurn(HttpRequest request, ClientHandler.Connection client) {
        this.request = request;
        this.client = client;
    }

    @Override
    public void content(HttpContent piece) {
        scan.feed(piece.content());
        piece.release();
        if (piece instanceof LastHttpContent) {
            scan.finish();
            Optional<String> agent = Optional.ofNullable(request.headers().get(HttpHeaderNames.USER_AGENT));
            ClientReply.send(client.ctx(), SkipReply.notConnected(request.method(), scan, agent), client.isKept());
            client.turnOver();
        }
    }
}
