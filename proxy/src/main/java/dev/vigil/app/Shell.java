// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a command gets from outside: what it reads, where it writes, the environment, the time.
 *
 * @param input the bytes behind {@code in}, for whoever reads no line of it
 * @param terminal the terminal, where a person sits at it: keys are typed there without echo, and the log reads as sentences
 */
record Shell(
        InputStream input,
        BufferedReader in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Optional<Console> terminal,
        TimeSource time) {
    private static final int LONGEST_LINE = 2000;

    Shell(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            Optional<Console> terminal) {
        this(
                in,
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
                out,
                err,
                Map.copyOf(environment),
                terminal,
                TimeSource.system());
    }

    void say(String line) {
        out.println(line);
    }

    /** Says something that holds words of a server: none of them can drive the terminal. */
    void sayForeign(String line) {
        out.println(LogLine.shown(line, LONGEST_LINE));
    }

    /** Something the person should know that is no part of the result. */
    void note(String line) {
        err.println(line);
    }

    /** A variable that is set and not empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** What {@code ~/} means. */
    Path userHome() {
        return Path.of(variable("HOME").orElse("."));
    }

    /**
     * Asks for a secret: without echo at a terminal, else the first line of standard input.
     *
     * @throws Failure when nothing comes
     */
    Secret secret(String prompt) {
        String typed = terminal.map(console -> console.readPassword("%s: ", prompt))
                .map(String::new)
                .or(this::line)
                .map(String::strip)
                .orElse("");
        if (typed.isEmpty()) {
            throw new Failure(Failure.Code.USAGE, "no value given. Type it, or send it on standard input");
        }
        return new Secret(typed);
    }

    /** The next line of standard input; empty at its end. Blocks. */
    Optional<String> line() {
        try {
            return Optional.ofNullable(in.readLine());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
