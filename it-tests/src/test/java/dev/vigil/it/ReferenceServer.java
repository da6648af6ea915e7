// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.time.Duration;

/** The server that the official TypeScript SDK is judged by in the conformance suite, unchanged; it wants no authorization. */
record ReferenceServer(Child child, String url) implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String READY = "READY ";

    static ReferenceServer start(Path node) {
        ProcessBuilder builder = new ProcessBuilder(node.toString(), "reference.mjs").directory(Checkout.NPM.toFile());
        Child child = Child.start("reference", builder);
        try {
            String line = child.awaitLine(said -> said.startsWith(READY), START);
            return new ReferenceServer(
                    child, Json.read(line.substring(READY.length())).path("url").asString());
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
    }

    @Override
    public void close() {
        child.close();
    }
}
