// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Follows a {@link SecretRef}. May block on a disk or on a command for up to half a minute, so never on {@code proxy-io}.
 *
 * @param environment of this process
 * @param commandLimit how long a command may take; long enough for a person to touch a hardware key
 */
record SecretReader(Map<String, String> environment, Duration commandLimit) {
    private static final int LONGEST = 64 * 1024;

    SecretReader(Map<String, String> environment) {
        this(environment, Duration.ofSeconds(30));
    }

    /** The connector with its client's secret, if it has one. Throws like {@link #read}. */
    Connector resolved(Config.Entry entry) {
        Connector plain = entry.connector();
        Optional<PinnedClient> client = plain.client()
                .map(pinned -> new PinnedClient(
                        pinned.id(),
                        entry.clientSecret().map(ref -> read(ref, "connectors." + plain.name() + ".client.secret"))));
        return new Connector(
                plain.name(), plain.url(), plain.kind(), plain.header(), plain.scopes(), client, plain.refresh());
    }

    /**
     * @param key the config key that holds the reference, for messages
     * @throws ConfigException when nothing usable is there; the message never quotes what was found
     */
    Secret read(SecretRef reference, String key) {
        if (reference instanceof SecretRef.FromEnvironment from) {
            return secret(environment.getOrDefault(from.variable(), ""), key, "variable " + from.variable());
        }
        if (reference instanceof SecretRef.FromFile from) {
            return secret(text(from.file(), key), key, "file " + from.file());
        }
        if (reference instanceof SecretRef.FromCommand from) {
            return secret(
                    output(from.command(), key),
                    key,
                    "output of " + from.command().get(0));
        }
        throw new AssertionError(reference);
    }

    private static String text(Path file, String key) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unusable(
                    key, "the file " + file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** What the command printed. It shares our terminal for its own questions and errors, but not our standard input. */
    private String output(List<String> command, String key) {
        String name = command.get(0);
        Process process = started(command, key);
        AtomicBoolean late = new AtomicBoolean();
        process.onExit()
                .orTimeout(commandLimit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, timeout) -> {
                    if (timeout != null) {
                        late.set(true);
                        process.descendants().forEach(ProcessHandle::destroyForcibly);
                        process.destroyForcibly(); // which also ends the read below
                    }
                });
        try {
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readNBytes(LONGEST), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0 && !late.get()) {
                throw unusable(key, "the command " + name + " ended with code " + code);
            }
            if (!late.get()) {
                return printed;
            }
        } catch (IOException e) {
            if (!late.get()) {
                throw unusable(key, "the output of " + name + " cannot be read (" + e.getMessage() + ")");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unusable(key, "the command " + name + " was interrupted");
        }
        throw unusable(key, "the command " + name + " did not end within " + commandLimit.toSeconds() + " s");
    }

    private static Process started(List<String> command, String key) {
        try {
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw unusable(
                    key, "the command " + command.get(0) + " cannot be run. Name an executable with its full path");
        }
    }

    private static Secret secret(String found, String key, String where) {
        String line = found.lines().findFirst().orElse("").strip();
        if (line.isEmpty()) {
            throw unusable(key, "the " + where + " is empty or not set");
        }
        return new Secret(line);
    }

    private static ConfigException unusable(String key, String what) {
        return new ConfigException(List.of(key + ": no secret: " + what));
    }
}
