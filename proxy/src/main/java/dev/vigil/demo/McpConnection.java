// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.demo.McpEndpoint.Arrival;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the MCP server. An answer that needs no body goes out at once, and what still comes of the request is
 * read and dropped; no body is ever held. Touched on its event loop only.
 */
final class McpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private final McpEndpoint endpoint;
    private final Tally tally;
    /** The request that is being read or answered; clients that send the next one early are not served well. */
    private @Nullable Turn turn;

    McpConnection(McpEndpoint endpoint, Tally tally) {
        this.endpoint = endpoint;
        this.tally = tally;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            ctx.writeAndFlush(DemoHttp.response(WebAnswer.text(400, "This is not HTTP.")));
            ctx.close();
            return;
        }
        if (part instanceof HttpRequest head) {
            begin(ctx, head);
        }
        if (part instanceof HttpContent content
                && turn != null
                && turn.arrival().wantsBody()) {
            turn.body().feed(content.content());
            if (part instanceof LastHttpContent) {
                bodyIsWhole(turn);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (turn != null) {
            endpoint.streams().closed(turn.writer());
            turn.writer().connectionClosed();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset by the peer; channelInactive counts it
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        Arrival arrival = endpoint.arrive(head);
        AnswerWriter writer = new AnswerWriter(ctx, tally, arrival.fault());
        turn = new Turn(head.headers(), arrival, writer, new BodyGlance());
        arrival.early().ifPresent(answer -> send(answer, writer));
    }

    private void bodyIsWhole(Turn whole) {
        send(endpoint.answer(whole.headers(), whole.body(), whole.arrival().caller()), whole.writer());
    }

    private void send(McpAnswer answer, AnswerWriter writer) {
        writer.write(answer);
        if (answer instanceof McpAnswer.Standing standing) {
            endpoint.streams().opened(standing, writer);
        }
    }

    private record Turn(HttpHeaders headers, Arrival arrival, AnswerWriter writer, BodyGlance body) {}
}
