// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where things are in the checkout that is being tested. */
final class Checkout {
    static final Path ROOT =
            Path.of(System.getProperty("vigil.root", "..")).toAbsolutePath().normalize();
    static final Path JAR = ROOT.resolve("proxy/target/vigil.jar");
    static final Path NPM = ROOT.resolve("it-tests/npm");
    /** What processes that the tests start have said; one file each. */
    static final Path LOGS = ROOT.resolve("it-tests/target/parts");

    private static final List<String> MODULES = List.of("auth", "sync", "proxy", "it-tests");

    private Checkout() {}

    static List<Path> mainSources() {
        return sources("main");
    }

    static List<Path> testSources() {
        return sources("test");
    }

    private static List<Path> sources(String kind) {
        return MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("src").resolve(kind).resolve("java"))
                .filter(Files::isDirectory)
                .flatMap(Checkout::javaFiles)
                .sorted()
                .toList();
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String nameOf(Path file) {
        return Objects.requireNonNull(file.getFileName(), file::toString).toString();
    }

    /** The type that a source file is named after. */
    static String typeOf(Path source) {
        return nameOf(source).replaceFirst("\\.java$", "");
    }

    /** As a person would name it: from the root, with slashes. */
    static String shown(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }
}
