// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An MCP client that others have written, behind one face; {@code it-tests/npm/clients/program.mjs} says what can be asked
 * and what comes back. One thread at a time.
 */
interface ClientProgram extends AutoCloseable {

    /** What the client shows to who uses it; {@code error}, in its own words, where it throws. */
    JsonNode ask(String command, Map<String, ?> rest);

    default JsonNode connect(String as, String url, String key) {
        return ask("connect", Map.of("as", as, "url", url, "key", key));
    }

    default JsonNode list(String as) {
        return ask("list", Map.of("as", as));
    }

    default JsonNode call(String as, String tool, Map<String, ?> arguments) {
        return ask("call", Map.of("as", as, "tool", tool, "arguments", arguments));
    }

    default JsonNode echo(String as) {
        return call(as, "echo", Map.of("message", "hello"));
    }

    /** How often it was told that the tools have changed; -1 where it cannot be. */
    default int heard(String as) {
        return ask("heard", Map.of("as", as)).path("heard").asInt(-1);
    }

    @Override
    void close();
}
