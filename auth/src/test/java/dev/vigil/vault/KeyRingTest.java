// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.KeyRing.Retirement;
import dev.vigil.vault.KeyRing.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
    private static final Grant LINEAR = Grants.of("linear", 1, 1, Instant.EPOCH, Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    private final Timeline time = new Timeline();
    private Home home;
    private Vault vault;

    @BeforeEach
    void prepare() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        vault = open(Disk.local());
    }

    @Test
    void nothingIsMadeBeforeItIsNeeded() {
        assertThat(vault.grants().load("notion")).isEmpty();
        assertThat(vault.keyRing().keys()).isEmpty();
        assertThat(home.keys()).isEmptyDirectory();
    }

    @Test
    void firstSaveMakesOneKeyAndWhatWrapsIt() throws IOException {
        vault.grants().save(NOTION);

        assertThat(vault.keyRing().keys())
                .singleElement()
                .returns(true, KeyRing.Key::primary)
                .returns(time.now().wall(), KeyRing.Key::created)
                .returns(1, KeyRing.Key::files);
        assertThat(Files.readString(home.keyEncryptionKey())).matches("[A-Za-z0-9+/]{43}=\n");
    }

    @Test
    void rotationSealsEveryFileAgainAndKeepsTheOldKey() {
        saveAll();
        long old = vault.keyRing().keys().get(0).id();
        Instant begun = time.now().wall();
        time.advance(Duration.ofDays(30));
        Rotation rotation = vault.keyRing().rotate();

        assertThat(rotation.sealedAnew()).isEqualTo(3);
        assertThat(rotation.left()).isEmpty();
        assertThat(vault.keyRing().keys())
                .containsExactly(
                        new KeyRing.Key(old, false, begun, 0),
                        new KeyRing.Key(rotation.primary(), true, begun.plus(Duration.ofDays(30)), 3));
        assertAllThere(vault);
        assertAllThere(open(Disk.local()));
    }

    @Test
    void fileUnderAnOldKeyIsReadableUntilItIsRetired() throws IOException {
        saveAll();
        byte[] underTheOldKey = Files.readAllBytes(file("notion"));
        vault.keyRing().rotate();
        Files.write(file("notion"), underTheOldKey);
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
        assertThat(vault.keyRing().keys()).extracting(KeyRing.Key::files).containsExactly(1, 2);

        Retirement retirement = vault.keyRing().retire();
        assertThat(retirement.sealedAnew()).isEqualTo(1);
        assertThat(retirement.removed()).hasSize(1);
        assertThat(vault.keyRing().keys()).extracting(KeyRing.Key::files).containsExactly(3);
        assertAllThere(vault);

        Files.write(file("notion"), underTheOldKey);
        assertThatThrownBy(() -> vault.grants().load("notion"))
                .hasMessageContaining("was sealed with key "
                        + retirement.removed().get(0) + ", which is not on the key ring (any more)");
    }

    @Test
    void secondRetirementHasNothingToDo() {
        saveAll();
        vault.keyRing().rotate();
        vault.keyRing().retire();

        assertThat(vault.keyRing().retire()).isEqualTo(new Retirement(List.of(), 0));
        assertAllThere(vault);
    }

    @Test
    void damagedFileIsLeftByARotationAndForbidsARetirement() throws IOException {
        saveAll();
        byte[] sealed = Files.readAllBytes(file("notion"));
        byte[] cut = new String(sealed, 0, 100, ISO_8859_1).getBytes(ISO_8859_1);
        Files.write(file("notion"), cut);
        Rotation rotation = vault.keyRing().rotate();

        assertThat(rotation.sealedAnew()).isEqualTo(2);
        assertThat(rotation.left()).singleElement().asString().contains(file("notion") + " was cut short");
        assertThatThrownBy(() -> vault.keyRing().retire())
                .hasMessageStartingWith("no key was retired: " + file("notion") + " was cut short");
        assertThat(vault.keyRing().keys()).hasSize(2);

        Files.write(file("notion"), sealed); // restored from a backup that is older than the rotation
        vault.keyRing().retire();
        assertAllThere(vault);
    }

    @Test
    void runningProcessNoticesThatTheRingChangedUnderIt() {
        saveAll();
        Vault daemon = open(Disk.local());
        assertAllThere(daemon);
        vault.keyRing().rotate();
        assertAllThere(daemon);
        daemon.grants().save(NOTION);
        vault.keyRing().retire();
        daemon.grants().save(LINEAR);

        assertAllThere(vault);
        assertThat(vault.keyRing().keys()).extracting(KeyRing.Key::files).containsExactly(3);
    }

    @Test
    void noKeyIsRetiredWhileAFileIsBeingSealed() {
        saveAll();
        int[] writes = {0};
        Vault writer = open(new LookingDisk(() -> {
            writes[0]++;
            assertThatThrownBy(() -> FileGate.exclusive(home.keyRingLock(), Duration.ZERO))
                    .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                    .returns(Kind.BUSY, VaultException::kind);
        }));
        writer.grants().save(NOTION);

        assertThat(writes[0]).isEqualTo(1);
    }

    @Test
    void anotherProcessSavesWhileKeysAreRotatedAndRetired() throws Exception {
        saveAll();
        try (ChildJvm child = ChildJvm.running("save", folder.resolve("home").toString())) {
            for (int round = 0; round < 10; round++) {
                child.line();
                assertThat(vault.keyRing().rotate().left()).isEmpty();
                vault.keyRing().retire();
                assertThat(vault.grants().load("notion")).isPresent();
            }
            child.finish();
        }
        assertThat(vault.grants().load("notion").orElseThrow().tokens().generation())
                .isGreaterThan(10);
        assertThat(vault.keyRing().retire().removed()).isEmpty();
    }

    @Test
    void rotationThatIsKilledLosesNothing() throws Exception {
        saveAll();
        try (ChildJvm child = ChildJvm.running("rotate", folder.resolve("home").toString())) {
            child.line();
            child.line();
            child.kill();
        }
        home.prepare();

        assertAllThere(vault);
        vault.keyRing().retire();
        assertAllThere(vault);
    }

    @Test
    void lostRingIsNotReplacedWhileSealedFilesNeedIt() throws IOException {
        saveAll();
        byte[] ring = Files.readAllBytes(home.keyRing());
        Files.delete(home.keyRing());
        String message = home.keyRing() + " is missing, and only its keys open the stored logins. Restore it";

        assertKeyTrouble(() -> vault.grants().load("notion"), message);
        assertKeyTrouble(() -> vault.grants().save(NOTION), message);
        assertKeyTrouble(() -> vault.keyRing().rotate(), message);
        assertThat(home.keyRing()).doesNotExist();

        Files.write(home.keyRing(), ring);
        Modes.set(home.keyRing(), "rw-------");
        assertAllThere(vault);
    }

    private void saveAll() {
        vault.grants().save(NOTION);
        vault.grants().save(LINEAR);
        vault.clients().save(NOTION.oauth().orElseThrow().client());
    }

    private static void assertAllThere(Vault vault) {
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
        assertThat(vault.grants().load("linear")).hasValue(LINEAR);
        var client = NOTION.oauth().orElseThrow().client();
        assertThat(vault.clients().load(client.issuer(), client.redirectUri())).hasValue(client);
    }

    private static void assertKeyTrouble(Runnable work, String message) {
        assertThatThrownBy(work::run)
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(Kind.KEY, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .startsWith(message);
    }

    private Path file(String connector) {
        return home.grants().resolve(connector + ".sealed");
    }

    private Vault open(Disk disk) {
        return new Vault(home, Optional.empty(), new SafeFiles(disk, FileFacts.ownUid()), time);
    }

    /** Looks around in the middle of each write. */
    private record LookingDisk(Runnable look) implements Disk {
        private static final Disk REAL = Disk.local();

        @Override
        public void create(Path file, byte[] content) throws IOException {
            look.run();
            REAL.create(file, content);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            REAL.move(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            REAL.delete(file);
        }

        @Override
        public void syncFolder(Path place) throws IOException {
            REAL.syncFolder(place);
        }
    }
}
