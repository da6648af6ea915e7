// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileGateTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void threadsOfOneProcessExcludeEachOther() throws Exception {
        Path file = folder.resolve("lock");
        FileGate first = FileGate.exclusive(file, AT_ONCE);
        assertBusy(() -> FileGate.exclusive(file, AT_ONCE), "another thread of this process");
        assertBusy(() -> FileGate.shared(file, AT_ONCE), "another thread of this process");

        CompletableFuture<FileGate> second = CompletableFuture.supplyAsync(() -> FileGate.exclusive(file, LONG));
        first.close();
        first.close();

        FileGate held = second.get(30, TimeUnit.SECONDS);
        assertBusy(() -> FileGate.exclusive(file, AT_ONCE), "another thread");
        held.close();
        FileGate.exclusive(file, AT_ONCE).close();
    }

    @Test
    void differentFilesDoNotExclude() {
        try (FileGate one = FileGate.exclusive(folder.resolve("one"), AT_ONCE)) {
            FileGate.exclusive(folder.resolve("two"), AT_ONCE).close();
        }
    }

    @Test
    void oneFileUnderTwoPathsIsOneLock() throws Exception {
        Path other = Files.createSymbolicLink(folder.resolve("other"), Files.createDirectory(folder.resolve("real")));
        try (FileGate one = FileGate.exclusive(folder.resolve("real/lock"), AT_ONCE)) {
            assertBusy(() -> FileGate.exclusive(other.resolve("lock"), AT_ONCE), "another thread");
        }
    }

    @Test
    void processesExcludeEachOtherAndTheHolderIsNamed() throws Exception {
        Path file = folder.resolve("lock");
        try (ChildJvm child = ChildJvm.running("hold", file.toString())) {
            assertThat(child.line()).isEqualTo("held");
            assertBusy(() -> FileGate.exclusive(file, AT_ONCE), "another process (last known: " + child.pid() + ")");
            assertBusy(() -> FileGate.shared(file, AT_ONCE), "another process");

            child.finish();
            FileGate.exclusive(file, LONG).close();
        }
    }

    @Test
    void theKernelFreesTheLockOfAKilledProcess() throws Exception {
        Path file = folder.resolve("lock");
        try (ChildJvm child = ChildJvm.running("hold", file.toString())) {
            assertThat(child.line()).isEqualTo("held");
            child.kill();
            FileGate.exclusive(file, LONG).close();
        }
    }

    @Test
    void processesMayShare() throws Exception {
        Path file = folder.resolve("lock");
        try (ChildJvm child = ChildJvm.running("share", file.toString())) {
            assertThat(child.line()).isEqualTo("held");
            FileGate.shared(file, AT_ONCE).close();
            assertBusy(() -> FileGate.exclusive(file, AT_ONCE), "another process");
        }
    }

    @Test
    void interruptDoesNotEndTheWait() throws Exception {
        Path file = folder.resolve("lock");
        FileGate first = FileGate.exclusive(file, AT_ONCE);
        CompletableFuture<Boolean> stillInterrupted = CompletableFuture.supplyAsync(() -> {
            Thread.currentThread().interrupt();
            FileGate.exclusive(file, LONG).close();
            return Thread.interrupted();
        });
        first.close();

        assertThat(stillInterrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void lockFileStaysAndIsPrivate() throws Exception {
        Path file = folder.resolve("lock");
        FileGate.exclusive(file, AT_ONCE).close();

        assertThat(Modes.of(file)).isEqualTo("rw-------");
    }

    private static void assertBusy(Runnable work, String message) {
        assertThatThrownBy(work::run)
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(Kind.BUSY, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(message);
    }
}
