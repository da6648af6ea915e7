// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole request to the authorization server.
 *
 * @param query decoded parameters of the URL
 * @param form decoded parameters of the body; empty unless it says that it is a form
 */
record WebRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, List<String>> form,
        Optional<Secret> bearer,
        String body) {
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +([^ ]+) *");

    static WebRequest of(FullHttpRequest request) {
        QueryStringDecoder target = new QueryStringDecoder(request.uri());
        String body = request.content().toString(StandardCharsets.UTF_8);
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
        boolean isForm = type.startsWith("application/x-www-form-urlencoded");
        return new WebRequest(
                request.method().name(),
                target.path(),
                target.parameters(),
                isForm ? new QueryStringDecoder(body, false).parameters() : Map.of(),
                bearer(request.headers()),
                body);
    }

    /** RFC 6750, 2.1. */
    static Optional<Secret> bearer(HttpHeaders headers) {
        Matcher matcher = BEARER.matcher(headers.get(HttpHeaderNames.AUTHORIZATION, ""));
        return matcher.matches() ? Optional.of(new Secret(matcher.group(1))) : Optional.empty();
    }

    /** A parameter that was given once and is not empty. */
    static Optional<String> one(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.size() == 1 && !values.get(0).isEmpty() ? Optional.of(values.get(0)) : Optional.empty();
    }

    Optional<String> form(String name) {
        return one(form, name);
    }

    Optional<String> query(String name) {
        return one(query, name);
    }
}
