// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client from npm, in a process of its own: one of {@code it-tests/npm/clients}. */
final class NodeProgram implements ClientProgram {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SHOWN = "SHOWN ";

    private final Child child;
    private int asked;

    private NodeProgram(Child child) {
        this.child = child;
    }

    /**
     * @param npmPackage that must be installed
     * @param home for what it keeps on disk
     */
    static NodeProgram start(String npmPackage, String script, List<String> arguments, Path home) {
        List<String> command =
                new ArrayList<>(List.of(NodeParts.nodeFor(npmPackage).toString(), "clients/" + script + ".mjs"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(Checkout.NPM.toFile());
        builder.environment().put("HOME", home.toString());
        return new NodeProgram(Child.start(script, builder));
    }

    @Override
    public JsonNode ask(String command, Map<String, ?> rest) {
        Map<String, Object> line = new LinkedHashMap<>(rest);
        line.put("command", command);
        child.type(Json.MAPPER.writeValueAsString(line));
        asked++;
        Await.until(
                LIMIT,
                () -> shown().size() >= asked || !child.process().isAlive(),
                () -> "no answer to " + command + ". " + child.story());
        List<JsonNode> all = shown();
        if (all.size() < asked) {
            throw new AssertionError("it ended. " + child.story());
        }
        return all.get(asked - 1);
    }

    private List<JsonNode> shown() {
        return child.output().stream()
                .filter(line -> line.startsWith(SHOWN))
                .map(line -> Json.read(line.substring(SHOWN.length())))
                .toList();
    }

    @Override
    public void close() {
        child.close();
    }
}
