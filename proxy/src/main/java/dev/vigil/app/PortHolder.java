// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds out who listens on a port: from {@code /proc} on Linux, from {@code lsof} elsewhere. For an error message only, so
 * whatever goes wrong is "unknown". Another user's process cannot be seen.
 */
final class PortHolder {
    private static final String LISTENING = "0A";

    private PortHolder() {}

    /** Such as "process 4711 (node)". */
    static Optional<String> of(int port) {
        Path proc = Path.of("/proc");
        return Files.exists(proc.resolve("net/tcp")) ? fromProc(proc, port) : fromLsof(port);
    }

    static Optional<String> fromProc(Path proc, int port) {
        Set<String> sockets = Stream.of("net/tcp", "net/tcp6")
                .flatMap(table -> lines(proc.resolve(table)))
                .map(line -> line.strip().split("\\s+"))
                .filter(field -> field.length > 9 && field[3].equals(LISTENING) && port(field[1]) == port)
                .map(field -> "socket:[" + field[9] + "]")
                .collect(Collectors.toSet());
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        try (Stream<Path> processes = Files.list(proc)) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .filter(process -> holds(process, sockets))
                    .findFirst()
                    .map(PortHolder::named);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int port(String address) {
        int colon = address.indexOf(':');
        return colon < 0 || !address.substring(colon + 1).matches("[0-9A-Fa-f]{4}")
                ? -1
                : Integer.parseInt(address.substring(colon + 1), 16);
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return open.anyMatch(file -> sockets.contains(target(file)));
        } catch (IOException notOurs) {
            return false;
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static String named(Path process) {
        String name = lines(process.resolve("comm")).findFirst().orElse("unknown");
        return "process " + process.getFileName() + " (" + name + ")";
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private static Optional<String> fromLsof(int port) {
        try {
            Process lsof = new ProcessBuilder(List.of("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-Fpc"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!lsof.waitFor(2, TimeUnit.SECONDS)) {
                lsof.destroyForcibly();
                return Optional.empty();
            }
            return named(new String(lsof.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Reads the output of {@code lsof -Fpc}: a line {@code pNUMBER}, a line {@code cNAME}. */
    static Optional<String> named(String lsof) {
        List<String> lines = lsof.lines().toList();
        Optional<String> number =
                lines.stream().filter(line -> line.startsWith("p")).findFirst();
        Optional<String> name =
                lines.stream().filter(line -> line.startsWith("c")).findFirst();
        return number.map(found -> String.format(
                Locale.ROOT,
                "process %s (%s)",
                found.substring(1),
                name.map(c -> c.substring(1)).orElse("unknown")));
    }
}
