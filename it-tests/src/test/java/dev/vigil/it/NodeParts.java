// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The real parts, each a Node process of its own: a certified authorization server, the published everything server
 * or another one, and a gate before it that asks the one about every request to the other.
 */
final class NodeParts implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int OLDEST_NODE = 22;
    private static final String REMEDY = "Run: npm install --prefix it-tests/npm";

    private final List<Child> children = new ArrayList<>();
    final AuthorizationServer authorizationServer;
    /** The MCP server itself, which wants no authorization. */
    final String server;

    final Gate gate;

    private NodeParts(Path node, String mcpServer, Duration accessTokens) {
        JsonNode facts = start(node, "authorization-server", "--access", Long.toString(accessTokens.toSeconds()));
        authorizationServer = new AuthorizationServer(
                facts.path("issuer").asString(), facts.path("admin").asString());
        server = start(node, mcpServer).path("url").asString();
        facts = start(node, "gate", "--issuer", authorizationServer.issuer(), "--upstream", server);
        gate = new Gate(facts.path("resource").asString(), facts.path("admin").asString());
        authorizationServer.protect(gate.resource());
    }

    /** Starts all three, or ends the test with what is missing. */
    static NodeParts start(Duration accessTokens) {
        return start("everything", accessTokens);
    }

    /** As above, with this server in the place of the everything server. */
    static NodeParts start(String server, Duration accessTokens) {
        return new NodeParts(nodeFor("oidc-provider"), server, accessTokens);
    }

    /** A Node that can run this package, which is there too, or ends the test with what is missing. */
    static Path nodeFor(String npmPackage) {
        if (!Files.isDirectory(Checkout.NPM.resolve("node_modules").resolve(npmPackage))) {
            throw Requires.missing(npmPackage + " from npm", REMEDY);
        }
        return findNode().orElseThrow(() -> Requires.missing("Node " + OLDEST_NODE, REMEDY));
    }

    private JsonNode start(Path node, String part, String... arguments) {
        List<String> command = new ArrayList<>(List.of(node.toString(), part + ".mjs"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(Checkout.NPM.toFile());
        Child child = Child.start(part, builder);
        children.add(child);
        try {
            String line = child.awaitLine(said -> said.startsWith("READY "), START);
            return Json.read(line.substring("READY ".length()));
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    private static Optional<Path> findNode() {
        Stream<Path> onPath = Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .map(folder -> Path.of(folder, "node"));
        return Stream.concat(Stream.of(Checkout.NPM.resolve("node_modules/node/bin/node")), onPath)
                .filter(Files::isExecutable)
                .filter(NodeParts::isYoungEnough)
                .findFirst();
    }

    private static boolean isYoungEnough(Path node) {
        try {
            Process process = new ProcessBuilder(node.toString(), "--version").start();
            String version =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor(10, TimeUnit.SECONDS)
                    && version.matches("v\\d+\\..*\\s*")
                    && Integer.parseInt(version.substring(1, version.indexOf('.'))) >= OLDEST_NODE;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        children.forEach(Child::close);
    }

    /** What tests know of the authorization server, and what they can make it do. */
    record AuthorizationServer(String issuer, String admin) {

        /** One refresh token: which login it belongs to, its place in the line, and how often it was shown. */
        record RefreshToken(int grant, int generation, int redeemed, int reused) {}

        private void protect(String resource) {
            Web.postJson(admin + "/resources", Map.of("url", resource));
        }

        /** For tokens issued from now on. */
        void accessTokensLive(Duration lifetime) {
            Web.postJson(admin + "/lifetimes", Map.of("access", lifetime.toSeconds()));
        }

        /** Ends every grant, as a person would on the server's account page. Says how many there were. */
        int revokeEverything() {
            return Web.postJson(admin + "/revoke", Map.of()).path("revoked").asInt();
        }

        /** In the order of issue. */
        List<RefreshToken> refreshTokens() {
            return Web.getJson(admin + "/state")
                    .path("refreshTokens")
                    .valueStream()
                    .map(token -> Json.MAPPER.treeToValue(token, RefreshToken.class))
                    .toList();
        }
    }

    /** What tests know of the gate, and what they can make it do. */
    record Gate(String resource, String admin) {

        /** Requests since the start: passed, or refused by reason. */
        record Counts(int passed, int missing, int inactive, int foreign, int tooOld, int heldBack) {
            int refused() {
                return missing + inactive + foreign + tooOld + heldBack;
            }
        }

        Counts counts() {
            return Json.MAPPER.treeToValue(Web.getJson(admin + "/counts"), Counts.class);
        }

        /** Refuses every token that has passed so far, and answers none of the refused before so many have come. */
        void refuseSeen(int together) {
            Web.postJson(admin + "/refuse", Map.of("together", together));
        }

        /** Refuses tokens older than this, whatever was promised at issue. */
        void patience(Duration oldest) {
            Web.postJson(admin + "/patience", Map.of("seconds", oldest.toSeconds()));
        }
    }
}
