// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.util.Map;
import java.util.TreeMap;

/** A whole answer: small, and known before its first byte is sent. */
record WebAnswer(int status, String contentType, String body, Map<String, String> headers) {

    WebAnswer {
        headers = Map.copyOf(headers);
    }

    static WebAnswer of(int status, String contentType, String body) {
        return new WebAnswer(status, contentType, body, Map.of());
    }

    static WebAnswer json(int status, Object body) {
        return of(status, "application/json", body.toString());
    }

    static WebAnswer text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", body + "\n");
    }

    static WebAnswer empty(int status) {
        return of(status, "", "");
    }

    static WebAnswer redirect(int status, String target) {
        return empty(status).with("Location", target);
    }

    WebAnswer with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new WebAnswer(status, contentType, body, more);
    }
}
