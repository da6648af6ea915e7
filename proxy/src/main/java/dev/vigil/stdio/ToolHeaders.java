// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * Which arguments of which tool are repeated in headers: {@code x-mcp-header} in the input schemas of the tool lists that
 * passed (2026-07-28). An annotation that the specification does not allow counts as none. Any thread.
 */
final class ToolHeaders {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"); // RFC 9110, 5.1
    private static final Set<String> TYPES = Set.of("string", "integer", "boolean");

    /** By tool, by header; the value is the path of the argument. */
    private final Map<String, Map<String, List<String>>> known = new ConcurrentHashMap<>();

    /** Reads the answer to {@code tools/list}; what cannot be read teaches nothing. */
    void learn(InputStream answer) {
        try {
            for (JsonNode tool : Rpc.JSON.readTree(answer).path("result").path("tools")) {
                Map<String, List<String>> headers = new LinkedHashMap<>();
                collect(tool.path("inputSchema"), List.of(), headers);
                known.put(tool.path("name").asString(""), headers);
            }
        } catch (JacksonException e) {
            // The client gets to see it as it is.
        }
    }

    /** Only what is reached by {@code properties} alone counts. */
    private static void collect(JsonNode schema, List<String> path, Map<String, List<String>> headers) {
        schema.path("properties").forEachEntry((name, property) -> {
            List<String> here = new ArrayList<>(path);
            here.add(name);
            String header = property.path("x-mcp-header").asString("");
            if (TOKEN.matcher(header).matches()
                    && TYPES.contains(property.path("type").asString(""))) {
                headers.putIfAbsent("Mcp-Param-" + header, here);
            }
            collect(property, here, headers);
        });
    }

    /** What a call repeats of its arguments, by header. */
    Map<String, String> of(ClientMessage call) {
        Map<String, List<String>> wanted =
                call.is("tools/call") ? call.first().name().map(known::get).orElse(Map.of()) : Map.of();
        Map<String, String> headers = new LinkedHashMap<>();
        wanted.forEach((header, path) ->
                argument(call.body(), path).ifPresent(value -> headers.put(header, MirrorHeaders.encoded(value))));
        return headers;
    }

    /** The argument at a path, as text; empty where it is null, absent, or no plain value. */
    private static Optional<String> argument(Body body, List<String> path) {
        List<String> way = new ArrayList<>(List.of("params", "arguments"));
        way.addAll(path);
        try (JsonParser at = Rpc.parser(body)) {
            at.nextToken();
            for (String key : way) {
                if (!enter(at, key)) {
                    return Optional.empty();
                }
            }
            return text(at);
        }
    }

    /** Goes from the start of an object to the value of a key. */
    private static boolean enter(JsonParser at, String key) {
        if (at.currentToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (at.nextToken() != JsonToken.END_OBJECT) {
            boolean found = at.currentName().equals(key);
            at.nextToken();
            if (found) {
                return true;
            }
            at.skipChildren();
        }
        return false;
    }

    private static Optional<String> text(JsonParser at) {
        return switch (at.currentToken()) {
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_TRUE, VALUE_FALSE -> Optional.of(at.getString());
            default -> Optional.empty();
        };
    }
}
