// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer before it is written, or torn. */
record StrictAnswer(int status, Map<String, String> headers, byte[] body) {
    static StrictAnswer empty(int status) {
        return new StrictAnswer(status, Map.of(), new byte[0]);
    }

    static StrictAnswer xml(int status, String xml) {
        return new StrictAnswer(
                status,
                Map.of("Content-Type", "application/xml"),
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml).getBytes(StandardCharsets.UTF_8));
    }

    static StrictAnswer error(int status, String code) {
        return xml(
                status,
                "<Error><Code>" + code + "</Code><Message>" + code + ", says the strict server</Message></Error>");
    }

    /** Whatever sits before the store, such as the page of a hotel. */
    static StrictAnswer page(int status) {
        return new StrictAnswer(
                status,
                Map.of("Content-Type", "text/html", "Location", "http://192.0.2.1/welcome"),
                "<html><body>Welcome! Please accept our terms.</body></html>".getBytes(StandardCharsets.UTF_8));
    }

    StrictAnswer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new StrictAnswer(status, more, body);
    }

    /** @param withBody no for a HEAD */
    byte[] onTheWire(boolean withBody) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (status != 204 && status != 304) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = Arrays.copyOf(start, start.length + (withBody ? body.length : 0));
        System.arraycopy(body, 0, whole, start.length, whole.length - start.length);
        return whole;
    }
}
