// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * A client that people use, as a version of it is installed here.
 *
 * @param servers those that it is shown with, out of {@code older} and {@code newer}
 */
record ClientKind(String name, List<String> servers, Function<Path, ClientProgram> starter) {
    private static final List<String> OLDER = List.of("older");
    private static final List<String> BOTH = List.of("older", "newer");

    /** Those that the tests install, the official ones first. */
    static List<ClientKind> all() {
        String sdk = "@modelcontextprotocol/sdk";
        String client = "@modelcontextprotocol/client";
        String inspector = "@modelcontextprotocol/inspector";
        return List.of(
                npm("TypeScript " + version(sdk), OLDER, sdk, "typescript-1"),
                npm("TypeScript " + version(client), OLDER, client, "typescript-2"),
                npm("TypeScript " + version(client) + ", `auto`", BOTH, client, "typescript-2", "auto"),
                new ClientKind("Java " + JavaProgram.version(), OLDER, home -> new JavaProgram()),
                npm("Inspector " + version(inspector) + " `--cli`", OLDER, inspector, "inspector"),
                npm(
                        "Inspector " + version(inspector) + " `--cli`, `auto`",
                        List.of("newer"),
                        inspector,
                        "inspector",
                        "auto"),
                npm("AI SDK " + version("@ai-sdk/mcp"), BOTH, "@ai-sdk/mcp", "ai-sdk"),
                npm("mcporter " + version("mcporter"), OLDER, "mcporter", "mcporter"),
                npm("mcp-remote " + version("mcp-remote"), OLDER, "mcp-remote", "mcp-remote"));
    }

    private static ClientKind npm(
            String name, List<String> servers, String npmPackage, String script, String... arguments) {
        return new ClientKind(name, servers, home -> NodeProgram.start(npmPackage, script, List.of(arguments), home));
    }

    private static String version(String npmPackage) {
        NodeParts.nodeFor(npmPackage);
        Path facts = Checkout.NPM.resolve("node_modules").resolve(npmPackage).resolve("package.json");
        return Json.read(Checkout.read(facts)).path("version").asString();
    }

    /** Does it speak 2026-07-28? */
    boolean isModern() {
        return servers.contains("newer");
    }

    /** @param home for what it keeps on disk */
    ClientProgram start(Path home) {
        return starter.apply(home);
    }
}
