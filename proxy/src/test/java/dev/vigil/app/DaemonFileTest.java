// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.app.DaemonFile.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonFileTest {
    private static final Running RUNNING = new Running(4711, 7470, Instant.parse("2026-11-20T14:02:03Z"));
    private static final String SAMPLE = "{\"v\":1,\"pid\":4711,\"port\":7470,\"started\":\"2026-11-20T14:02:03Z\"}";

    @TempDir
    Path folder;

    private Path file;
    private DaemonFile daemon;

    @BeforeEach
    void setUp() {
        file = folder.resolve("vigil.pid");
        daemon = new DaemonFile(file, Files::write);
    }

    @Test
    void aDaemonIsFoundWhileItHoldsItsTurn() throws IOException {
        try (FileTurn turn = daemon.claim().orElseThrow()) {
            assertThat(daemon.running()).isEmpty();
            daemon.publish(RUNNING);
            assertThat(file).content().isEqualTo(SAMPLE);
            assertThat(daemon.running()).contains(RUNNING);
            assertThat(RUNNING.url()).isEqualTo("http://127.0.0.1:7470");
        }
        assertThat(daemon.running()).as("the file alone proves nothing").isEmpty();
        daemon.retract();
        assertThat(file).doesNotExist();
    }

    @Test
    void fieldsOfLaterVersionsAreIgnoredAndDamageMeansNoDaemon() throws IOException {
        try (FileTurn turn = daemon.claim().orElseThrow()) {
            Files.writeString(file, SAMPLE.replace("{", "{\"later\":{\"x\":1},"));
            assertThat(daemon.running()).contains(RUNNING);
            for (String damaged : new String[] {"", "{", "[]", SAMPLE.replace("2026", "then")}) {
                Files.writeString(file, damaged);
                assertThat(daemon.running()).as(damaged).isEmpty();
            }
        }
    }

    @Test
    void thereIsOneTurnAndTheNextInLineGetsIt() throws IOException {
        Path lock = folder.resolve("lock");
        FileTurn first = FileTurn.take(lock, Duration.ZERO).orElseThrow();
        assertThat(FileTurn.take(lock, Duration.ofMillis(50))).isEmpty();
        CompletableFuture<Boolean> second = CompletableFuture.supplyAsync(() -> {
            try (FileTurn turn = FileTurn.take(lock, Duration.ofSeconds(20)).orElseThrow()) {
                return true;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        first.close();
        first.close();
        assertThat(second.join()).isTrue();
    }
}
