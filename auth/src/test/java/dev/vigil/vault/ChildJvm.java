// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process that runs {@link VaultChild}; a word on its standard input ends it. */
final class ChildJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private ChildJvm(Process process) {
        this.process = process;
        this.out = process.inputReader(UTF_8);
    }

    static ChildJvm running(String... arguments) throws IOException {
        return start(List.of(), arguments);
    }

    /** With a umask that closes nothing. */
    static ChildJvm careless(String... arguments) throws IOException {
        return start(List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"), arguments);
    }

    /** The next line that the child says. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("the child ended without a word");
        }
        return line;
    }

    long pid() {
        return process.pid();
    }

    /** Lets the child finish what it does. */
    void finish() throws IOException, InterruptedException {
        try (Writer in = process.outputWriter(UTF_8)) {
            in.write("end\n");
        }
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("the child did not end well");
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static ChildJvm start(List<String> prefix, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(VaultChild.class.getName());
        command.addAll(List.of(arguments));
        return new ChildJvm(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }
}
