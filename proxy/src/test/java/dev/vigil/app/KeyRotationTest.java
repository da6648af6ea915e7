// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.sync.FolderStore;
import dev.vigil.sync.SharedKeys;
import dev.vigil.vault.Home;
import dev.vigil.vault.KeyOrigin;
import dev.vigil.vault.KeyRing;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {
    private static final Duration EVERY = Duration.ofDays(90);

    @TempDir
    Path folder;

    private final Timeline time = new Timeline();
    private final List<String> told = new ArrayList<>();

    @Test
    void machinesDoNotBeginAtOnceAndNoneWaitsForLong() {
        Set<Long> days = new HashSet<>();
        for (int machine = 0; machine < 100; machine++) {
            String name = "machine-" + machine;
            assertThat(KeyRotation.isDue(
                            Instant.EPOCH,
                            EVERY,
                            name,
                            Instant.EPOCH.plus(EVERY).minusSeconds(1)))
                    .isFalse();
            assertThat(KeyRotation.isDue(
                            Instant.EPOCH,
                            EVERY,
                            name,
                            Instant.EPOCH.plus(EVERY.multipliedBy(11).dividedBy(10))))
                    .isTrue();
            long day = 90;
            while (!KeyRotation.isDue(Instant.EPOCH, EVERY, name, Instant.EPOCH.plus(Duration.ofDays(day)))) {
                day++;
            }
            days.add(day);
        }
        assertThat(days).hasSizeGreaterThan(3);
    }

    @Test
    void ringsThatAreOldAreRotatedOnceByWhoeverComesFirst() throws IOException {
        Path bucket = folder.resolve("bucket");
        Files.createDirectory(
                bucket, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (FolderStore store = FolderStore.at(bucket.toUri(), Duration.ofSeconds(5))) {
            Vault one = vault("one");
            Vault two = vault("two");
            SharedKeys oneKeys = new SharedKeys(store, one.sharedSeal());
            SharedKeys twoKeys = new SharedKeys(store, two.sharedSeal());
            oneKeys.pull();
            twoKeys.pull();
            one.keyRing().rotate(); // makes the first, and the second
            KeyRotation first = rotation(one, oneKeys, Optional.of(EVERY));
            KeyRotation second = rotation(two, twoKeys, Optional.of(EVERY));
            first.look();
            second.look();
            assertThat(told).isEmpty();

            time.advance(EVERY.multipliedBy(2));
            first.look();
            second.look();
            assertThat(told)
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("keys_rotated new primary key")
                            || line.startsWith("keys_rotated in the bucket: new primary key"));
            assertThat(oneKeys.held().orElseThrow().keyIds()).hasSize(2);
            assertThat(twoKeys.held().orElseThrow().primary())
                    .isEqualTo(oneKeys.held().orElseThrow().primary());
            assertThat(one.keyRing().keys())
                    .hasSize(3)
                    .last()
                    .returns(time.now().wall(), KeyRing.Key::created);
        }
    }

    @Test
    void withoutTheSettingNothingIsRotated() {
        Vault vault = vault("alone");
        vault.keyRing().rotate();
        time.advance(Duration.ofDays(4000));
        rotation(vault, Optional.empty(), Optional.empty()).look();

        assertThat(told).isEmpty();
    }

    private KeyRotation rotation(Vault vault, SharedKeys shared, Optional<Duration> every) {
        return rotation(vault, Optional.of(shared), every);
    }

    private KeyRotation rotation(Vault vault, Optional<SharedKeys> shared, Optional<Duration> every) {
        return new KeyRotation(
                () -> new KeysConfig(Optional.empty(), Optional.empty(), every),
                vault.keyRing(),
                shared,
                "machine",
                time,
                (state, detail) -> told.add(state + " " + detail));
    }

    private Vault vault(String name) {
        return Vault.open(
                Home.below(folder.resolve(name)), () -> new KeyOrigin.Given(() -> new Secret("11".repeat(32))), time);
    }
}
