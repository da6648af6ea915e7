// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vigil.auth.TimeSource;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** {@code vigil} in this process, in a home of its own. Closing stops the daemon that was started. */
final class Cli implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Running> started = new ArrayList<>();
    private TimeSource time = TimeSource.system();

    Cli(Path home) {
        this.home = home;
        environment.put("VIGIL_HOME", home.toString());
        environment.put("HOME", home.toString());
    }

    Cli with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** By which clock the commands go from now on. */
    Cli by(TimeSource other) {
        time = other;
        return this;
    }

    Cli config(String yaml) {
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("vigil.yaml"), yaml);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String config() {
        return read("vigil.yaml");
    }

    String read(String file) {
        try {
            return Files.readString(home.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Ended(int code, String out, String err) {}

    Ended run(String... arguments) {
        return runTyping("", arguments);
    }

    /** @param typed what standard input holds */
    Ended runTyping(String typed, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = execute(new ByteArrayInputStream(typed.getBytes(UTF_8)), out, err, arguments);
        return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private int execute(InputStream in, ByteArrayOutputStream out, ByteArrayOutputStream err, String... arguments) {
        return Main.run(
                arguments,
                new Shell(
                        in,
                        new BufferedReader(new InputStreamReader(in, UTF_8)),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        Map.copyOf(environment),
                        Optional.empty(),
                        time));
    }

    /** Starts a command that takes its time. */
    Running start(String... arguments) {
        try {
            PipedOutputStream typing = new PipedOutputStream();
            PipedInputStream in = new PipedInputStream(typing);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            CompletableFuture<Integer> code = new CompletableFuture<>();
            Thread thread = new Thread(() -> code.complete(execute(in, out, err, arguments)), "vigil-" + arguments[0]);
            thread.setDaemon(true);
            thread.start();
            Running running = new Running(typing, out, err, code);
            started.add(running);
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the daemon; where it listens. */
    String daemon() {
        String line = start("run").await(said -> said.startsWith("listening on "));
        return line.substring("listening on ".length());
    }

    record Running(
            PipedOutputStream typing,
            ByteArrayOutputStream out,
            ByteArrayOutputStream err,
            CompletableFuture<Integer> code) {

        /** The first line of standard output that fits. */
        String await(Predicate<String> wanted) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                var line = out.toString(UTF_8).lines().filter(wanted).findFirst();
                if (line.isPresent()) {
                    return line.get();
                }
                if (code.isDone()) {
                    break;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            throw new AssertionError("no such line in:\n" + out.toString(UTF_8) + err.toString(UTF_8));
        }

        void type(String line) {
            try {
                typing.write((line + "\n").getBytes(UTF_8));
                typing.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Ended end() {
            int ended = code.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            return new Ended(ended, out.toString(UTF_8), err.toString(UTF_8));
        }
    }

    @Override
    public void close() {
        if (!started.isEmpty()) {
            run("stop");
        }
    }
}
