// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBeatsTest {
    private static final Instant AT = Instant.parse("2026-11-21T08:00:00.5Z");

    @TempDir
    Path folder;

    private Home home;
    private FileBeats beats;

    @BeforeEach
    void open() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        beats = new FileBeats(home.beats(), SafeFiles.onDisk());
    }

    @Test
    void eachConnectorHasItsOwnAndTheLastCounts() throws IOException {
        beats.completed("notion", AT);
        beats.completed("linear", AT.plusSeconds(5));
        beats.completed("notion", AT.plusSeconds(30));

        assertThat(beats.last("notion")).hasValue(AT.plusSeconds(30));
        assertThat(beats.last("linear")).hasValue(AT.plusSeconds(5));
        assertThat(beats.last("sentry")).isEmpty();
        assertThat(Modes.of(home.beats().resolve("notion"))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"version\":1}", "{\"version\":2,\"at\":\"2026-11-21T08:00:00Z\"}"})
    void whatCannotBeReadCountsAsNone(String content) throws IOException {
        Files.writeString(home.beats().resolve("notion"), content);

        assertThat(beats.last("notion")).isEmpty();
    }

    @Test
    void diskThatRefusesDoesNotStopTheLoop() throws IOException {
        Files.createDirectory(home.beats().resolve("notion"));
        beats.completed("notion", AT);

        assertThat(beats.last("notion")).isEmpty();
    }

    /** Two a minute for each connector: a flash card should not pay for that. */
    @Test
    void nothingIsSyncedForAHeartbeat() {
        AtomicInteger syncs = new AtomicInteger();
        FileBeats counted = new FileBeats(home.beats(), new SafeFiles(new CountingDisk(syncs), FileFacts.ownUid()));
        counted.completed("notion", AT);

        assertThat(counted.last("notion")).hasValue(AT);
        assertThat(syncs).hasValue(0);
    }

    @Test
    void whatIsNoNameIsNoPath() {
        assertThatThrownBy(() -> beats.completed("../notion", AT)).hasMessageContaining("not the name of a connector");
    }

    /** The local disk, with what reaches the platter counted. */
    private record CountingDisk(Disk local, AtomicInteger syncs) implements Disk {
        CountingDisk(AtomicInteger syncs) {
            this(Disk.local(), syncs);
        }

        @Override
        public void create(Path file, byte[] content) throws IOException {
            syncs.incrementAndGet();
            local.create(file, content);
        }

        @Override
        public void createLoosely(Path file, byte[] content) throws IOException {
            local.createLoosely(file, content);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            local.move(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            local.delete(file);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            syncs.incrementAndGet();
            local.syncFolder(folder);
        }
    }
}
