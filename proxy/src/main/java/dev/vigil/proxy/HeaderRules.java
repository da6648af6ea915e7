// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Origin;
import dev.vigil.auth.Secret;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What crosses the proxy, both ways. Unknown headers pass; what speaks about one connection only, or would make a client
 * begin OAuth of its own, does not. The only place that shows a token to an upstream. Pure.
 */
final class HeaderRules {
    /** RFC 9110, 7.6.1: these speak about one connection only. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    /** Ours to set, or nothing an upstream should learn of this machine. */
    private static final Set<String> NOT_UPSTREAM =
            Set.of("authorization", "host", "origin", "referer", "cookie", "accept-encoding", "expect", "forwarded");
    /**
     * A challenge makes clients log in at us, a Location leads them past us, and cookies and policies of the upstream's
     * origin make no sense on ours.
     */
    private static final Set<String> NOT_TO_CLIENT = Set.of(
            "www-authenticate",
            "location",
            "set-cookie",
            "alt-svc",
            "strict-transport-security",
            "access-control-allow-origin");

    private static final HttpHeadersFactory UNCHECKED =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private HeaderRules() {}

    /**
     * The request as the upstream sees it.
     *
     * @param grant whose token is sent; empty for none
     * @throws IllegalStateException when the grant is bound to another origin: a bug, and no token leaves
     */
    static HttpRequest toUpstream(HttpRequest request, URI target, Connector connector, Optional<Grant> grant) {
        HttpRequest head =
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), path(target, request.uri()), UNCHECKED);
        copy(request.headers(), head.headers(), NOT_UPSTREAM);
        HttpHeaders headers = head.headers();
        headers.set(HttpHeaderNames.HOST, connector.origin().authority());
        // A compressed stream could not be given an event, or be understood when it breaks.
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
        if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        grant.ifPresent(held -> authorize(headers, target, connector, held));
        return head;
    }

    private static void authorize(HttpHeaders headers, URI target, Connector connector, Grant grant) {
        if (!grant.fits(connector) || !Origin.of(target).equals(Origin.of(grant.server()))) {
            throw new IllegalStateException("the grant of " + grant.connector() + " is not for " + Origin.of(target));
        }
        Secret token = grant.tokens().accessToken();
        String name = connector.header().orElse("Authorization");
        String value = connector.header().isPresent() ? token.reveal() : "Bearer " + token.reveal();
        if (!HeaderCheck.isFieldValue(value)) {
            throw new IllegalStateException("the token of " + grant.connector() + " cannot stand in a header");
        }
        headers.set(name, value);
    }

    /** The configured path, with the query that the client added, if any. */
    private static String path(URI target, String asked) {
        String path = target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        int question = asked.indexOf('?');
        String added = question < 0 ? "" : asked.substring(question + 1);
        String own = target.getRawQuery() == null ? "" : target.getRawQuery();
        String query = own.isEmpty() || added.isEmpty() ? own + added : own + "&" + added;
        return query.isEmpty() ? path : path + "?" + query;
    }

    /**
     * The answer as the client sees it.
     *
     * @param client the client's HTTP version
     * @param keep may its connection be used again?
     */
    static HttpResponse toClient(HttpResponse answer, HttpVersion client, boolean keep) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status(), UNCHECKED);
        copy(answer.headers(), head.headers(), NOT_TO_CLIENT);
        HttpHeaders headers = head.headers();
        int status = answer.status().code();
        boolean bodiless = status == 204 || status == 304;
        boolean delimited = bodiless || headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean old = client.equals(HttpVersion.HTTP_1_0);
        if (!delimited && !old) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!keep || (!delimited && old)) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (old) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        return head;
    }

    private static void copy(HttpHeaders from, HttpHeaders to, Set<String> without) {
        Set<String> named = namedInConnection(from);
        Iterator<Map.Entry<CharSequence, CharSequence>> all = from.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            String name = header.getKey().toString().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !without.contains(name) && !named.contains(name)) {
                to.add(header.getKey(), header.getValue());
            }
        }
    }

    private static Set<String> namedInConnection(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.CONNECTION)) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String name : line.split(",", -1)) {
                named.add(name.trim().toLowerCase(Locale.ROOT));
            }
        }
        // It frames the body that follows, whatever anybody says: without it the body would be read as another message.
        named.remove("content-length");
        return named;
    }
}
