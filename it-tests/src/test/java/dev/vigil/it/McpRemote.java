// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** One process of the npm program {@code mcp-remote}, as an MCP client starts it: JSON-RPC by lines. One thread at a time. */
final class McpRemote implements AutoCloseable {
    static final String PACKAGE = "mcp-remote";
    private static final Path PROGRAM = Checkout.NPM.resolve("node_modules/mcp-remote/dist/proxy.js");
    private static final String VERSION = "2025-11-25";

    private final Child child;
    private int lastId;

    private McpRemote(Child child) {
        this.child = child;
    }

    /**
     * Starts it with its defaults.
     *
     * @param home of its tokens, shared by all that are started there
     */
    static McpRemote start(Path node, String url, Path home, FakeBrowser browser) {
        ProcessBuilder builder = new ProcessBuilder(node.toString(), PROGRAM.toString(), url);
        builder.environment().keySet().retainAll(Set.of("LANG", "TMPDIR"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("MCP_REMOTE_CONFIG_DIR", home.toString());
        builder.environment().putAll(browser.surroundings());
        return new McpRemote(Child.start(PACKAGE, builder));
    }

    /** Asks to begin; {@link #initialized} must follow the answer. */
    int initialize() {
        return ask(
                "initialize",
                Map.of(
                        "protocolVersion", VERSION,
                        "capabilities", Map.of(),
                        "clientInfo", Map.of("name", "test", "version", "1")));
    }

    void initialized() {
        child.type(Json.MAPPER.writeValueAsString(Map.of("jsonrpc", "2.0", "method", "notifications/initialized")));
    }

    /** @return what {@link #answer} must be asked for */
    int call(String tool, Map<String, Object> arguments) {
        return ask("tools/call", Map.of("name", tool, "arguments", arguments));
    }

    private int ask(String method, Map<String, Object> params) {
        lastId++;
        child.type(Json.MAPPER.writeValueAsString(
                Map.of("jsonrpc", "2.0", "id", lastId, "method", method, "params", params)));
        return lastId;
    }

    /** The response to the newest request, which may have been given up long ago. */
    Optional<JsonNode> lateAnswer(Duration limit) {
        return answer(lastId, limit);
    }

    /** The response to a request, now or within the limit; empty when there is none. */
    Optional<JsonNode> answer(int id, Duration limit) {
        Await.within(limit, () -> find(id).isPresent() || !child.process().isAlive());
        return find(id);
    }

    private Optional<JsonNode> find(int id) {
        return child.output().stream()
                .map(Json::read)
                .filter(message -> !message.has("method") && message.path("id").asInt(0) == id)
                .findFirst();
    }

    String story() {
        return child.story();
    }

    @Override
    public void close() {
        child.close();
    }
}
