// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Locale;
import java.util.Set;

/** An event stream that we begin ourselves, before the upstream answers: for whom, and how it looks. Pure. */
final class EarlyStream {
    /** Their status and head tell a client which era and transport this is. */
    private static final Set<String> NEVER = Set.of("initialize", "server/discover");

    private EarlyStream() {}

    /** Would this client read its answer from an event stream? */
    static boolean fits(HttpRequest request, MessageScan scan) {
        boolean asks =
                scan.isJson() && !scan.isBatch() && scan.messages().stream().anyMatch(RpcMessage::isRequest);
        return request.method().equals(HttpMethod.POST)
                && acceptsEvents(request)
                && asks
                && !NEVER.contains(scan.method().orElse(""));
    }

    /** What comes through a box is answered on its stream. */
    static boolean acceptsEvents(HttpRequest request) {
        return !PostBoxes.isIn(request.uri())
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && request.headers().getAll(HttpHeaderNames.ACCEPT).stream()
                        .anyMatch(line -> line.toLowerCase(Locale.ROOT).contains("text/event-stream"));
    }

    /** Can an answer that begins so still be told on a stream that has begun? */
    static boolean carries(HttpResponse answer) {
        boolean readable = ReplayRule.isJson(answer.headers()) || ReplayRule.isEvents(answer.headers());
        return readable && answer.status().code() < 300;
    }

    static HttpResponse head(HttpVersion client, boolean keep) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set("X-Accel-Buffering", "no");
        return HeaderRules.toClient(head, client, keep);
    }
}
