// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The packaged product, run as people run it: {@code java -jar vigil.jar} in a home of its own, and nothing of this JVM's
 * surroundings but what the system needs.
 */
final class Product {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final String READY = "listening on ";

    private final Path home;
    private final Map<String, String> surroundings = new HashMap<>();
    private final List<String> launcher = new ArrayList<>();
    private final List<String> jvmOptions = new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC"));

    /** @param home {@code VIGIL_HOME}; made when it is not there */
    Product(Path home) {
        this.home = home;
    }

    /** Options of the JVM, stronger than the usual ones. */
    Product with(String... options) {
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /** Environment variables beyond what the system needs, or in its place. */
    Product in(Map<String, String> variables) {
        surroundings.putAll(variables);
        return this;
    }

    /** Has another program run the JVM, which replaces itself by it. */
    Product launchedBy(List<String> program) {
        launcher.addAll(program);
        return this;
    }

    /** Writes {@code vigil.yaml}. */
    Product config(String yaml) {
        try {
            Files.createDirectories(
                    home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.writeString(home.resolve("vigil.yaml"), yaml);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path home() {
        return home;
    }

    /** A command that has ended. */
    record Ended(int exit, List<String> output, List<String> errors) {
        String text() {
            return String.join("\n", output) + '\n' + String.join("\n", errors);
        }
    }

    /** Runs a command to its end. */
    Ended run(String... arguments) {
        try (Child child = start(arguments)) {
            int exit = child.awaitExit(COMMAND);
            return new Ended(exit, child.output(), child.errors());
        }
    }

    /** As {@link #runWell}, with a line typed to it. */
    Ended typing(String line, String... arguments) {
        try (Child child = start(arguments)) {
            child.type(line);
            return wellEnded(new Ended(child.awaitExit(COMMAND), child.output(), child.errors()), arguments);
        }
    }

    /** As {@link #run}, and the test fails unless it ended well. */
    Ended runWell(String... arguments) {
        return wellEnded(run(arguments), arguments);
    }

    private static Ended wellEnded(Ended ended, String... arguments) {
        if (ended.exit() != 0) {
            throw new AssertionError(
                    String.join(" ", arguments) + " ended with " + ended.exit() + ":\n" + ended.text());
        }
        return ended;
    }

    /** Starts a command that stays. */
    Child start(String... arguments) {
        List<String> command = new ArrayList<>(launcher);
        command.add(JAVA.toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", Checkout.JAR.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> !List.of("PATH", "LANG", "TMPDIR").contains(name));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("VIGIL_HOME", home.toString());
        builder.environment().putAll(surroundings);
        return Child.start("vigil-" + arguments[0], builder);
    }

    /** Starts the daemon and waits until it listens. */
    Daemon daemon() {
        Child child = start("run");
        try {
            String line = child.awaitLine(said -> said.startsWith(READY), START);
            return new Daemon(child, line.substring(READY.length()).strip());
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
    }

    /** Mints a local key for a client that is called this. */
    String connect(String client) {
        Ended shown = runWell("connect", client);
        return shown.output().stream()
                .flatMap(line -> Stream.of(line.split("[\\s\"']+")))
                .filter(word -> word.startsWith("vgl_"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no key in what vigil connect said:\n" + shown.text()));
    }

    /** Waits until Vigil has taken a snapshot of a connector, so that it asks nothing by itself any more today. */
    void awaitSnapshot(String connector) {
        Await.until(
                START,
                () -> log("snapshot").stream()
                        .anyMatch(line -> line.path("connector").asString().equals(connector)
                                && line.path("outcome").asString().equals("taken")),
                () -> "no snapshot of " + connector + " was taken: " + log("snapshot"));
    }

    /** What the daemon has written down so far, of one kind: {@code exchange}, {@code refresh}, {@code authorization}. */
    List<JsonNode> log(String event) {
        Path file = home.resolve("log/vigil.jsonl");
        if (!Files.exists(file)) {
            return List.of();
        }
        return Checkout.read(file)
                .lines()
                .map(Json::read)
                .filter(line -> line.path("event").asString().equals(event))
                .toList();
    }

    /** @param url where it listens */
    record Daemon(Child child, String url) implements AutoCloseable {
        String endpoint(String connector) {
            return url + "/mcp/" + connector;
        }

        /** The most memory it has had at once, in MiB, as Linux counts it; -1 elsewhere. */
        long peakMebibytes() {
            Path status = Path.of("/proc", Long.toString(child.process().pid()), "status");
            if (!Files.exists(status)) {
                return -1;
            }
            return Checkout.read(status)
                    .lines()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(-1);
        }

        @Override
        public void close() {
            child.close();
        }
    }
}
