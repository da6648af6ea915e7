// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
    private static final String BRACES = "{\"tool\":\"{}\"}";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void aPersonReadsSentencesAndTheFileHoldsJson() throws IOException {
        try (LogFiles log = new LogFiles(folder, out, true)) {
            log.write(BRACES, "notion: tools/call {}");
            log.write("{}", "\u00fcber");
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("notion: tools/call {}\n\u00fcber\n");
        assertThat(Files.readString(folder.resolve("vigil.jsonl"))).isEqualTo(BRACES + "\n{}\n");
    }

    @Test
    void aProgramReadsJson() {
        try (LogFiles log = new LogFiles(folder, out, false)) {
            log.write(BRACES, "a sentence");
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(BRACES + "\n");
    }

    @Test
    void anEarlierLogGoesOn() throws IOException {
        for (int run = 1; run <= 2; run++) {
            try (LogFiles log = new LogFiles(folder, out, false)) {
                log.write("{\"run\":" + run + "}", "");
            }
        }
        assertThat(Files.readString(folder.resolve("vigil.jsonl"))).isEqualTo("{\"run\":1}\n{\"run\":2}\n");
    }

    @Test
    void aFullFileRollsAndEveryFileIsTheOwnersAlone() throws IOException {
        Path file = folder.resolve("vigil.jsonl");
        Files.writeString(file, "x".repeat(11 * 1024 * 1024));
        try (LogFiles log = new LogFiles(folder, out, false)) {
            // The size is looked at once a second at most, from the first line on.
            for (int line = 0; line < 200_000 && Files.notExists(folder.resolve("vigil.jsonl.1")); line++) {
                log.write("{}", "");
                Thread.onSpinWait();
            }
        }
        assertThat(folder.resolve("vigil.jsonl.1")).exists();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .allSatisfy(each -> assertThat(Files.getPosixFilePermissions(each))
                            .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        }
    }

    @Test
    @Timeout(20)
    void aTerminalThatIsHeldStopsNobody() throws IOException {
        CountDownLatch released = new CountDownLatch(1);
        OutputStream held = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (LogFiles log = new LogFiles(folder, held, true)) {
            for (int line = 0; line < 100_000; line++) {
                log.write("{}", "held");
            }
            released.countDown();
        }
        assertThat(Files.size(folder.resolve("vigil.jsonl"))).isPositive();
    }
}
