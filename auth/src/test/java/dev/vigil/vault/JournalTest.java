// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.VaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class JournalTest {
    @TempDir
    Path folder;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("things.jsonl");
        journal = another();
    }

    private Journal another() {
        return new Journal(file, folder.resolve("lock"), SafeFiles.onDisk());
    }

    @Test
    void linesComeBackInOrderAndAreOursAlone() throws IOException {
        assertThat(journal.lines()).isEmpty();
        append("a");
        append("b");

        assertThat(names()).containsExactly("a", "b");
        assertThat(Modes.of(file)).isEqualTo("rw-------");
        assertThat(file).content().isEqualTo("""
                {"v":1,"time":"2026-11-21T08:00:00Z","name":"a"}
                {"v":1,"time":"2026-11-21T08:00:00Z","name":"b"}
                """);
    }

    @Test
    void lineThatACrashCutShortCostsNoOther() throws IOException {
        append("a");
        Files.writeString(file, "{\"v\":1,\"time\":\"2026-11", StandardOpenOption.APPEND);
        append("b");

        assertThat(names()).containsExactly("a", "b");
        assertThat(Files.readAllLines(file)).hasSize(3);
    }

    @Test
    void whatThisVigilDoesNotKnowIsSkippedAndStays() throws IOException {
        append("a");
        List<String> strange = List.of(
                "{\"v\":2,\"time\":\"2026-11-21T08:00:00Z\",\"name\":\"newer\"}",
                "{\"v\":1,\"name\":\"timeless\"}",
                "{\"v\":1,\"time\":\"2026-11-21T08:00:00Z\",\"name\":\"wordy\",\"more\":[1]}",
                "not JSON");
        Files.write(file, strange, StandardOpenOption.APPEND);
        append("b");

        assertThat(names()).containsExactly("a", "wordy", "b");
        assertThat(Files.readAllLines(file)).hasSize(6).containsAll(strange);
    }

    @Test
    void neverGrowsBeyondTwoFiles() throws IOException {
        String long10k = "x".repeat(10_000);
        IntStream.range(0, 100).forEach(number -> append(number + long10k));

        Path older = folder.resolve("things.jsonl.1");
        assertThat(Files.size(file)).isLessThanOrEqualTo(256 * 1024);
        assertThat(Files.size(older)).isLessThanOrEqualTo(256 * 1024);
        assertThat(names()).hasSizeBetween(26, 52).last().asString().startsWith("99x");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("things.jsonl", "things.jsonl.1", "lock");
    }

    @Test
    void writersDoNotTearEachOthersLines() {
        List<CompletableFuture<Void>> writers = IntStream.range(0, 8)
                .mapToObj(writer -> CompletableFuture.runAsync(() ->
                        IntStream.range(0, 25).forEach(number -> another().append(line(writer + "-" + number)))))
                .toList();
        writers.forEach(CompletableFuture::join);

        assertThat(names()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void linkIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "");
        Files.createSymbolicLink(file, elsewhere);

        assertThatThrownBy(() -> append("a")).isInstanceOf(VaultException.class).hasMessageContaining("symbolic link");
        assertThat(elsewhere).isEmptyFile();
    }

    private void append(String name) {
        journal.append(line(name));
    }

    private static ObjectNode line(String name) {
        return Journal.line("2026-11-21T08:00:00Z").put("name", name);
    }

    private List<String> names() {
        return journal.lines().stream()
                .map(line -> line.path("name").asString())
                .toList();
    }
}
