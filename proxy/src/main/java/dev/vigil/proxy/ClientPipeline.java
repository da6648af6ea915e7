// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;

/** The handlers that a client's request passes, in order: the table of contents of the request path. */
final class ClientPipeline {
    /** Far above what MCP clients send, far below what hurts. */
    private static final int HEADER_LIMIT = 64 * 1024;

    private static final int REQUEST_LINE_LIMIT = 8 * 1024;

    private ClientPipeline() {}

    static void build(ChannelPipeline pipeline, FrontDoor door) {
        // Header validation in the codec costs a fifth of a small exchange; HeaderCheck does what matters.
        pipeline.addLast(new HttpServerCodec(new HttpDecoderConfig()
                .setMaxInitialLineLength(REQUEST_LINE_LIMIT)
                .setMaxHeaderSize(HEADER_LIMIT)
                .setMaxChunkSize(UpstreamConnections.PIECE)
                .setValidateHeaders(false)));
        // Answers "Expect: 100-continue" (RFC 9110, 10.1.1); the upstream is not asked.
        pipeline.addLast(new HttpServerExpectContinueHandler());
        // Host, Origin, local key, route; then one turn per request.
        pipeline.addLast(new ClientHandler(door));
    }

    static void endSoon(Channel client) {
        ClientHandler handler = client.pipeline().get(ClientHandler.class);
        if (handler != null) {
            handler.endSoon(client.pipeline().context(handler));
        }
    }
}
