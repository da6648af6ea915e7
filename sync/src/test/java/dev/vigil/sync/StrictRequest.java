// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request as it came over the wire.
 *
 * @param headers names in lower case
 * @param query decoded, sorted
 */
record StrictRequest(
        String method,
        String rawPath,
        String rawQuery,
        Map<String, String> headers,
        Map<String, String> query,
        byte[] body) {
    private static final int LONGEST_HEAD = 64 * 1024;

    /** Empty when the client has closed the connection. */
    static Optional<StrictRequest> read(BufferedInputStream in) throws IOException {
        Optional<String> first = line(in);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        String[] start = first.get().split(" ", -1);
        String[] target = start[1].split("\\?", 2);
        Map<String, String> headers = headers(in);
        if (headers.containsKey("transfer-encoding")) {
            throw new IOException("a body without a length");
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        String query = target.length > 1 ? target[1] : "";
        return Optional.of(new StrictRequest(start[0], target[0], query, headers, parameters(query), body));
    }

    /** Without the slash in front. */
    List<String> bucketAndKey() {
        String path = decoded(rawPath).substring(1);
        int slash = path.indexOf('/');
        return slash < 0 ? List.of(path, "") : List.of(path.substring(0, slash), path.substring(slash + 1));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Bytes on the wire, about. */
    long size() {
        return body.length
                + rawPath.length()
                + rawQuery.length()
                + headers.entrySet().stream()
                        .mapToLong(
                                each -> each.getKey().length() + each.getValue().length() + 4)
                        .sum();
    }

    private static Map<String, String> headers(BufferedInputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        while (true) {
            String line = line(in).orElseThrow(() -> new IOException("cut within the headers"));
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (one, other) -> one + "," + other);
        }
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                parameters.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
            }
        }
        return parameters;
    }

    private static String decoded(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Optional<String> line(BufferedInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return Optional.empty();
            }
            line.write(next);
            if (line.size() > LONGEST_HEAD) {
                throw new IOException("a line without an end");
            }
        }
        return Optional.of(line.toString(StandardCharsets.ISO_8859_1).stripTrailing());
    }

    /** For the signature: every parameter, encoded and sorted. */
    String canonicalQuery() {
        List<String> pairs = new ArrayList<>();
        for (String pair : rawQuery.split("&", -1)) {
            if (!pair.isEmpty()) {
                pairs.add(pair.contains("=") ? pair : pair + "=");
            }
        }
        pairs.sort(null);
        return String.join("&", pairs);
    }
}
