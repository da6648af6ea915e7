// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.proxy.LocalPages.Page;
import dev.vigil.proxy.LocalPages.Visit;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request for one of our own pages: taken whole, answered by {@link LocalPages} on a thread of its choice. */
final class PageTurn implements Turn {
    private static final int LONGEST_BODY = 64 * 1024;

    private final LocalPages pages;
    private final HttpRequest request;
    private final ClientHandler.Connection client;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean gone;

    PageTurn(LocalPages pages, HttpRequest request, ClientHandler.Connection client) {
        this.pages = pages;
        this.request = request;
        this.client = client;
    }

    @Override
    public void content(HttpContent piece) {
        byte[] bytes = new byte[piece.content().readableBytes()];
        piece.content().readBytes(bytes);
        piece.release();
        if (body.size() + bytes.length > LONGEST_BODY) {
            ClientReply.json(client.ctx(), 413, "too_large", "This body is longer than 64 KiB.", client.isKept());
            client.turnOver();
            return;
        }
        body.writeBytes(bytes);
        if (piece instanceof LastHttpContent) {
            ask();
        }
    }

    private void ask() {
        pages.answer(visit())
                .whenCompleteAsync(this::show, client.ctx().channel().eventLoop());
    }

    private void show(Page page, Throwable failure) {
        if (gone) {
            return;
        }
        if (failure != null) {
            ClientReply.json(
                    client.ctx(), 500, "internal", "Vigil could not answer this. Its log says why.", client.isKept());
        } else {
            byte[] bytes = page.body().getBytes(StandardCharsets.UTF_8);
            Optional<String> location = page.location().map(URI::toASCIIString);
            Reply reply = new Reply(page.status(), page.contentType(), bytes, Optional.empty(), location);
            ClientReply.send(client.ctx(), reply, client.isKept());
        }
        client.turnOver();
    }

    private Visit visit() {
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        return new Visit(
                request.method().name(),
                target.path(),
                target.parameters(),
                request.uri(),
                FrontDoor.bearer(request),
                body.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void clientGone() {
        gone = true;
    }
}
