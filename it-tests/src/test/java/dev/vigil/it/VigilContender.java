// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Vigil: one daemon for all clients, each of which is the official one. */
final class VigilContender implements Contender {
    private static final String CONNECTOR = "real";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final FakeBrowser browser;
    private final Product product;
    private final String key;
    private final List<Caller> callers = new ArrayList<>();
    private Optional<Product.Daemon> daemon = Optional.empty();

    /** @param refresh the connector's thresholds, in YAML; empty for the usual ones */
    VigilContender(String url, Path folder, String refresh) {
        browser = new FakeBrowser(folder.resolve("browser"));
        product = new Product(closed(folder))
                .in(browser.surroundings())
                .config("connectors:\n  " + CONNECTOR + ": { url: " + url + ", refresh: { " + refresh + " } }\n"
                        + "listen: { port: " + FreePort.find() + " }\n");
        key = product.connect("test");
    }

    /** A home that other users cannot look into: no other is accepted. */
    private static Path closed(Path folder) {
        try {
            return Files.createTempDirectory(folder, "home-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String who() {
        return "vigil";
    }

    @Override
    public void login() {
        int open = tabs();
        try (Child command = product.start("login", CONNECTOR)) {
            Await.until(LIMIT, () -> tabs() > open, command::story);
            browser.agreeInNewestTab();
            if (command.awaitExit(LIMIT) != 0) {
                throw new AssertionError(command.story());
            }
        }
    }

    @Override
    public List<Answer> start(int clients) {
        long begun = System.nanoTime();
        Product.Daemon started = product.daemon();
        daemon = Optional.of(started);
        Stream.generate(() -> new Caller(started.endpoint(CONNECTOR), key, Answer.HANG))
                .limit(clients)
                .forEach(callers::add);
        return Together.forAll(callers, caller -> {
            caller.initialize();
            return call(caller, begun);
        });
    }

    @Override
    public Answer call() {
        return call(callers.get(0), System.nanoTime());
    }

    private static Answer call(Caller caller, long begun) {
        try {
            CallToolResult result = caller.call("echo", Map.of("text", Answer.CALL));
            return Answer.to(begun, Json.MAPPER.valueToTree(Map.of("result", result)));
        } catch (RuntimeException e) { // a JSON-RPC error, or the client's patience has ended
            return Answer.broken(begun, e);
        }
    }

    @Override
    public int tabs() {
        return browser.tabs().size();
    }

    @Override
    public void close() {
        callers.forEach(Caller::close);
        daemon.ifPresent(Product.Daemon::close);
    }
}
