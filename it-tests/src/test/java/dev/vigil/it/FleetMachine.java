// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One of several machines that share a bucket: a home of its own, and a daemon that comes and goes. Any thread may call a
 * connector; one thread does the rest.
 */
final class FleetMachine implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Longer than a call is ever held back. */
    private static final Duration CALL = Duration.ofSeconds(20);

    private static final Pattern PROMISE = Pattern.compile("live on the others within (\\d+) s");

    private final String name;
    private final Product product;
    private final int port = FreePort.find();
    /** As {@code vigil sync init} promised it. */
    private Duration bound = Duration.ZERO;

    private Product.@Nullable Daemon daemon;

    /**
     * @param connectors all of them at the same server
     * @param sync keys of {@code sync:} in the config, but the machine's name
     * @param surroundings environment variables
     */
    FleetMachine(
            String name,
            Path home,
            List<String> connectors,
            String url,
            String sync,
            Map<String, String> surroundings) {
        this.name = name;
        String all = connectors.stream()
                .map(connector -> "  " + connector + ": { url: " + url + " }\n")
                .collect(Collectors.joining());
        product = new Product(home)
                .with("-XX:TieredStopAtLevel=1") // some of them do not live long
                .in(surroundings)
                .config("connectors:\n" + all + "listen: { port: " + port + ", localKey: off }\n"
                        + "keys: { keyEncryptionKey: { env: " + Fleet.KEY_VARIABLE + " } }\n" + "sync: { machine: "
                        + name + ", " + sync + " }\n");
    }

    /**
     * The moment of a kill.
     *
     * @param open connectors whose refresh token was on its way, by the machine's own disk
     */
    record Death(FleetMachine machine, Instant at, Set<String> open) {}

    /**
     * What a client heard.
     *
     * @param grant whose access token it was made with, as the server counts; 0 when it was not served
     * @param skip what was said instead; missing when it was served
     */
    record Heard(FleetMachine machine, String connector, int grant, int generation, JsonNode skip) {
        boolean isServed() {
            return grant > 0;
        }

        /** Is a person asked to log in? */
        boolean wantsLogin() {
            return !isServed() && skip.path("action").asString("").startsWith("vigil login");
        }

        String kind() {
            return skip.path("kind").asString("none");
        }
    }

    String name() {
        return name;
    }

    Product product() {
        return product;
    }

    void init() {
        Product.Ended told = product.runWell("sync", "init");
        Matcher promise = PROMISE.matcher(told.text());
        if (!promise.find()) {
            throw new AssertionError("no bound in what vigil sync init said:\n" + told.text());
        }
        bound = Duration.ofSeconds(Long.parseLong(promise.group(1)));
    }

    /** How long a login, a logout or a refresh elsewhere may take to be live here. */
    Duration bound() {
        return bound;
    }

    void start() {
        daemon = product.daemon();
    }

    /** As a service is stopped. */
    void stop() {
        running().close();
        daemon = null;
    }

    /** As {@code kill -9} does. */
    Death kill() {
        Product.Daemon killed = running();
        killed.child().process().destroyForcibly();
        killed.child().awaitExit(LIMIT);
        Death death = new Death(this, Instant.now(), open());
        stop();
        return death;
    }

    Child child() {
        return running().child();
    }

    private Product.Daemon running() {
        Product.Daemon found = daemon;
        if (found == null) {
            throw new IllegalStateException(name + " is not running");
        }
        return found;
    }

    /** Connectors whose refresh token was sent, or is about to be, and whose answer is not saved yet. */
    Set<String> open() {
        try (Stream<Path> files = Files.list(product.home().resolve("intents"))) {
            return files.map(Checkout::nameOf)
                    .filter(file -> !file.contains("."))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty where nobody listens, or the daemon goes away in the middle. */
    Optional<Heard> call(String connector) {
        try {
            JsonNode answer = Json.read(Web.send(whoAmI(connector)).body());
            JsonNode who = answer.path("result").path("structuredContent");
            JsonNode skip = answer.path("result").path("_meta").path("dev.vigil/skip");
            return Optional.of(new Heard(
                    this,
                    connector,
                    who.path("grant").asInt(0),
                    who.path("generation").asInt(0),
                    skip));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    boolean serves(String connector) {
        return call(connector).filter(Heard::isServed).isPresent();
    }

    private HttpRequest.Builder whoAmI(String connector) {
        return Mcp.posting(at("/mcp/" + connector), """
                {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{},"_meta":{
                 "io.modelcontextprotocol/protocolVersion":"2026-07-28",
                 "io.modelcontextprotocol/clientCapabilities":{}}}}""")
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "tools/call")
                .header("Mcp-Name", "whoami")
                .timeout(CALL);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /** A person logs in, by way of the running daemon. */
    void login(String connector) {
        Logins.overApi(product, new Product.Daemon(child(), "http://127.0.0.1:" + port), connector);
    }

    /** What the daemons have written down of one kind about a connector. */
    List<JsonNode> log(String event, String connector) {
        return product.log(event).stream()
                .filter(line -> line.path("connector").asString("").equals(connector))
                .toList();
    }

    /** Of the newest tokens that it tells to have, however it came by them; 0 before the first. */
    long generation(String connector) {
        return log("shared", connector).stream()
                .filter(step -> List.of("pushed", "refreshed", "adopted")
                        .contains(step.path("what").asString()))
                .mapToLong(step -> step.path("generation").asLong())
                .max()
                .orElse(0);
    }

    /** What happened to a connector, as its own journal has it (see {@code SyncHistory}): on the disk at once. */
    List<JsonNode> story(String connector) {
        Path journal = product.home().resolve("events/sync-story.jsonl");
        return Checkout.read(journal)
                .lines()
                .map(Json::read)
                .filter(line -> line.path("connector").asString("").equals(connector))
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public void close() {
        if (daemon != null) {
            stop();
        }
    }
}
