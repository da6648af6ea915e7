// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request of the 2026-07-28 era repeats of its body in headers (Streamable HTTP, "Standard MCP request headers"). */
final class MirrorHeaders {
    static final String VERSION = "MCP-Protocol-Version";

    private static final Pattern PLAIN = Pattern.compile("[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?");
    private static final Pattern LOOKS_ENCODED = Pattern.compile("=\\?base64\\?.*\\?=");

    private MirrorHeaders() {}

    /**
     * @param version in force where the message itself does not say, as in a notification
     * @return by name, in the order in which they are sent
     */
    static Map<String, String> of(Rpc message, String version) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(VERSION, encoded(message.protocolVersion().orElse(version)));
        message.method().ifPresent(method -> headers.put("Mcp-Method", encoded(method)));
        name(message).ifPresent(name -> headers.put("Mcp-Name", encoded(name)));
        return headers;
    }

    private static Optional<String> name(Rpc message) {
        String method = message.method().orElse("");
        if (method.startsWith("tasks/")) {
            return message.taskId();
        }
        return switch (method) {
            case "tools/call", "prompts/get" -> message.name();
            case "resources/read" -> message.uri();
            default -> Optional.empty();
        };
    }

    /** Can it stand in a header as it is? */
    static boolean isPlain(String value) {
        return PLAIN.matcher(value).matches();
    }

    /** As it may stand in a header: what is not plain, or could be taken for the code itself, in Base64. */
    static String encoded(String value) {
        boolean plain = value.isEmpty()
                || (isPlain(value) && !LOOKS_ENCODED.matcher(value).matches());
        return plain
                ? value
                : "=?base64?" + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + "?=";
    }
}
