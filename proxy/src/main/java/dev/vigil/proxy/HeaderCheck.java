// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refuses messages that two parties could read differently. The codec runs without header validation, because looking up
 * every character twice costs a fifth of a small exchange; this is the one look that remains. Pure.
 */
final class HeaderCheck {
    private HeaderCheck() {}

    /** What is wrong with a request's head; null when it is clean. */
    static @Nullable String faultOf(HttpRequest request) {
        String target = request.uri();
        if (target.isEmpty() || !(target.charAt(0) == '/' || target.equals("*"))) {
            return "its target is not a path";
        }
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) == 0x7f) return "its target holds a control character";
        }
        // RFC 9112, 3.2: exactly one Host in HTTP/1.1.
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            return "it has " + hosts + " Host headers";
        }
        return faultOf(request.headers(), request.protocolVersion());
    }

    /** What is wrong with an answer's head; null when it is clean. */
    static @Nullable String faultOf(HttpResponse response) {
        return faultOf(response.headers(), response.protocolVersion());
    }

    private static @Nullable String faultOf(HttpHeaders headers, HttpVersion version) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = all.next();
            if (!isToken(header.getKey())) return "a header name is not a token";
            if (!isFieldValue(header.getValue())) return "the header " + header.getKey() + " holds a control character";
        }
        return framingFault(headers, version);
    }

    /** RFC 9112, 6: everything that lets two readers disagree about where a message ends. */
    private static @Nullable String framingFault(HttpHeaders headers, HttpVersion version) {
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (lengths.size() > 1) return "it has several Content-Length headers";
        if (lengths.size() == 1 && !isNumber(lengths.get(0))) return "its Content-Length is not a number";
        if (codings.isEmpty()) return null;
        if (!lengths.isEmpty()) return "it has Content-Length and Transfer-Encoding";
        if (codings.size() > 1 || !codings.get(0).trim().equalsIgnoreCase("chunked")) {
            return "its Transfer-Encoding is not just chunked";
        }
        return version.equals(HttpVersion.HTTP_1_0) ? "it has a Transfer-Encoding in HTTP/1.0" : null;
    }

    private static boolean isNumber(String value) {
        boolean digits = !value.isEmpty() && value.length() <= 18;
        for (int i = 0; i < value.length() && digits; i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        return digits;
    }

    /** RFC 9110, 5.6.2. */
    static boolean isToken(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!letter && "!#$%&'*+.^_`|~".indexOf(c) < 0) return false;
        }
        return name.length() > 0;
    }

    /** RFC 9110, 5.5: tab and whatever is visible; never a line end. */
    static boolean isFieldValue(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) return false;
        }
        return true;
    }
}
