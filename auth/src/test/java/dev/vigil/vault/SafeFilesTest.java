// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.StubbornDisk.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafeFilesTest {
    private static final byte[] OLD = "old".getBytes(UTF_8);
    private static final byte[] NEW = "new and longer".getBytes(UTF_8);

    @TempDir
    Path folder;

    private final SafeFiles files = SafeFiles.onDisk();

    @Test
    void replacesAFileThatOnlyWeCanRead() throws IOException {
        Path file = folder.resolve("f");
        files.replace(file, OLD);
        files.replace(file, NEW);

        assertThat(files.read(file, 100)).hasValue(NEW);
        assertThat(Modes.of(file)).isEqualTo("rw-------");
        assertThat(names()).containsExactly("f");
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"CREATE", "MOVE"})
    void refusedWriteLeavesTheOldFileAndNothingElse(Step refused) {
        Path file = folder.resolve("f");
        files.replace(file, OLD);
        SafeFiles stubborn = on(new StubbornDisk("Input/output error", refused));

        assertThatThrownBy(() -> stubborn.replace(file, NEW))
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(Kind.IO, VaultException::kind)
                .returns(file, VaultException::file)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(file.toString(), "Input/output error");
        assertThat(files.read(file, 100)).hasValue(OLD);
        assertThat(names()).containsExactly("f");
    }

    @Test
    void fullDiskIsCalledThat() {
        Path file = folder.resolve("f");
        SafeFiles full = on(new StubbornDisk("No space left on device", Step.CREATE));

        assertThatThrownBy(() -> full.replace(file, NEW))
                .hasMessage(file + " cannot be written: disk full. Free some space");
        assertThat(names()).isEmpty();
    }

    @Test
    void tellsWhenAReplacedFileMayNotSurviveAPowerCut() {
        Path file = folder.resolve("f");
        SafeFiles stubborn = on(new StubbornDisk("Input/output error", Step.SYNC_FOLDER));

        assertThatThrownBy(() -> stubborn.replace(file, NEW)).hasMessageContaining("may not survive a power cut");
    }

    @Test
    void followsNoLink() throws IOException {
        Path target = folder.resolve("target");
        files.replace(target, OLD);
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);

        assertUnsafe(() -> files.read(link, 100), link + " is a symbolic link");
        assertUnsafe(() -> files.replace(link, NEW), link + " is a symbolic link");
        assertThat(files.read(target, 100)).hasValue(OLD);
        assertThat(link).isSymbolicLink();
    }

    @Test
    void refusesWhatIsNotAFile() throws IOException {
        Path place = Files.createDirectory(folder.resolve("place"));

        assertUnsafe(() -> files.read(place, 100), place + " is not a regular file");
    }

    @Test
    void refusesFilesOfOthersAndNamesBothUsers() {
        Path file = folder.resolve("f");
        files.replace(file, OLD);
        SafeFiles stranger = new SafeFiles(Disk.local(), FileFacts.ownUid() + 1);

        assertUnsafe(
                () -> stranger.read(file, 100),
                file + " belongs to user " + FileFacts.ownUid() + ", but Vigil runs as user "
                        + (FileFacts.ownUid() + 1));
        assertUnsafe(() -> stranger.replace(file, NEW), "belongs to user");
    }

    @Test
    void refusesAFileThatOthersMayWriteAndNamesTheFix() throws IOException {
        Path file = folder.resolve("f");
        files.replace(file, OLD);
        Modes.set(file, "rw-rw-r--");

        assertUnsafe(() -> files.read(file, 100), "Run: chmod go-w '" + file + "'");
    }

    @Test
    void longerThanTheLimitIsRefusedNotCut() {
        Path file = folder.resolve("f");
        files.replace(file, NEW);

        assertThat(files.read(file, NEW.length)).hasValue(NEW);
        assertThatThrownBy(() -> files.read(file, NEW.length - 1)).hasMessageContaining("is longer than 13 bytes");
    }

    @Test
    void nothingThereIsEmptyAndRemovingItDoesNoHarm() {
        assertThat(files.read(folder.resolve("none"), 100)).isEmpty();
        files.delete(folder.resolve("none"));
        files.sweep(folder.resolve("no-folder"), any -> false);
        assertThat(files.unfinished(folder.resolve("no-folder").resolve("f"))).isEmpty();
        assertThat(files.list(folder.resolve("no-folder"))).isEmpty();
    }

    @Test
    void interruptedThreadStillSaves() {
        Path file = folder.resolve("f");
        Thread.currentThread().interrupt();
        files.replace(file, NEW);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(files.read(file, 100)).hasValue(NEW);
    }

    @Test
    void sweepTakesTheWorkOfDeadWritersOnly() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        long self = ProcessHandle.current().pid();
        Path dead = temporary(".f.tmp-" + gone.pid() + "-0123456789abcdef");
        Path olderThanUs = temporary(".g.tmp-" + self + "-0123456789abcdef");
        Files.setLastModifiedTime(olderThanUs, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        temporary(".f.tmp-" + self + "-0123456789abcdef");
        temporary("f.sealed");
        temporary(".bashrc");
        temporary(".f.tmp-notes");
        Files.createDirectory(folder.resolve(".f.tmp-" + gone.pid() + "-fedcba9876543210"));

        files.sweep(folder, any -> false);

        assertThat(dead).doesNotExist();
        assertThat(olderThanUs).doesNotExist();
        assertThat(names())
                .containsExactlyInAnyOrder(
                        ".bashrc",
                        ".f.tmp-" + gone.pid() + "-fedcba9876543210",
                        ".f.tmp-" + self + "-0123456789abcdef",
                        ".f.tmp-notes",
                        "f.sealed");
    }

    private Path temporary(String name) throws IOException {
        return Files.createFile(folder.resolve(name));
    }

    private List<String> names() {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SafeFiles on(Disk disk) {
        return new SafeFiles(disk, FileFacts.ownUid());
    }

    private static void assertUnsafe(Runnable work, String message) {
        assertThatThrownBy(work::run)
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(Kind.UNSAFE, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(message);
    }
}
