// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;

/**
 * A daemon with one connector, {@code real}, that a person has logged in to the gate, and a local key for a client.
 *
 * @param key what a client shows
 */
record LoggedIn(Product product, Product.Daemon daemon, String key) implements AutoCloseable {
    static final String CONNECTOR = "real";

    static LoggedIn to(NodeParts parts, Path home) {
        Product product = new Product(home)
                .config("connectors:\n  " + CONNECTOR + ": { url: " + parts.gate.resource() + " }\n"
                        + "listen: { port: " + FreePort.find() + " }\n");
        Product.Daemon daemon = product.daemon();
        try {
            Logins.login(product, CONNECTOR);
            product.awaitSnapshot(CONNECTOR);
            return new LoggedIn(product, daemon, product.connect("test"));
        } catch (AssertionError e) {
            daemon.close();
            throw e;
        }
    }

    String endpoint() {
        return daemon.endpoint(CONNECTOR);
    }

    @Override
    public void close() {
        daemon.close();
    }
}
