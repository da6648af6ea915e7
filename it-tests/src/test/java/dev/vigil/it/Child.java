// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process that a test started: what it says is kept line by line and written to a file. It ends at {@link #close}, and
 * with the JVM at the latest.
 */
final class Child implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private final List<Thread> readers = new ArrayList<>();
    private final Thread atExit;
    /** Standard output; guarded by itself, which is notified at each line and at the end. */
    private final List<String> output = new ArrayList<>();
    /** Standard error; as above. */
    private final List<String> errors = new ArrayList<>();

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        atExit = new Thread(process::destroyForcibly);
    }

    /** @param name for messages and the log file */
    static Child start(String name, ProcessBuilder builder) {
        try {
            Files.createDirectories(Checkout.LOGS);
            Path log = Files.createTempFile(Checkout.LOGS, name + "-", ".log");
            Child child = new Child(name, builder.start(), log);
            Runtime.getRuntime().addShutdownHook(child.atExit);
            BufferedWriter record = Files.newBufferedWriter(log);
            child.listen(child.process.getInputStream(), child.output, record, "out ");
            child.listen(child.process.getErrorStream(), child.errors, record, "err ");
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(InputStream stream, List<String> lines, BufferedWriter record, String mark) {
        Thread reader = new Thread(() -> readAll(stream, lines, record, mark), name + ' ' + mark);
        reader.setDaemon(true);
        readers.add(reader);
        reader.start();
    }

    private static void readAll(InputStream stream, List<String> lines, BufferedWriter record, String mark) {
        try (BufferedReader reader =
                new BufferedReader(new java.io.InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                }
                synchronized (record) {
                    record.write(mark + line + '\n');
                    record.flush();
                }
            }
        } catch (IOException e) {
            synchronized (lines) {
                lines.add("(reading ended: " + e.getMessage() + ")");
            }
        }
    }

    /** The first line of standard output that fits, now or within the limit. */
    String awaitLine(Predicate<String> wanted, Duration limit) {
        Await.until(
                limit,
                () -> find(output, wanted) != null || !process.isAlive(),
                () -> "no such line from " + name + ". " + story());
        settle();
        String line = find(output, wanted);
        if (line == null) {
            throw new AssertionError(name + " ended without the awaited line. " + story());
        }
        return line;
    }

    private static @Nullable String find(List<String> lines, Predicate<String> wanted) {
        synchronized (lines) {
            return lines.stream().filter(wanted).findFirst().orElse(null);
        }
    }

    /** The exit code, once it has ended and everything it said is here. */
    int awaitExit(Duration limit) {
        Await.until(limit, () -> !process.isAlive(), () -> name + " still runs. " + story());
        settle();
        return process.exitValue();
    }

    /** After the end of the process its last lines may still be on their way. */
    private void settle() {
        if (!process.isAlive()) {
            readers.forEach(Child::join);
        }
    }

    private static void join(Thread reader) {
        try {
            reader.join(GRACE.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    List<String> errors() {
        synchronized (errors) {
            return List.copyOf(errors);
        }
    }

    /** Writes one line to its standard input. */
    void type(String line) {
        try {
            process.getOutputStream().write((line + '\n').getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Process process() {
        return process;
    }

    /** What it has said so far, for a failure's message. */
    String story() {
        return "It said:\n" + String.join("\n", output()) + "\n" + String.join("\n", errors()) + "\n(log: "
                + Checkout.shown(log) + ")";
    }

    /** Asks it to end, and makes it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
