// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.StoppingDisk.Killed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another key-encryption key, also when the process is killed on the way. */
class KekChangeTest {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
    private static final KeyOrigin FILE = new KeyOrigin.OwnFile();
    private static final KeyOrigin GIVEN = given("11".repeat(32));
    private static final KeyOrigin OTHER = given("22".repeat(32));
    private static final KeyOrigin PHRASE = new KeyOrigin.Passphrase(() -> new Secret("correct horse battery staple"));
    private static final Secret PARCEL_PHRASE = new Secret("for the way only");

    @TempDir
    Path folder;

    @Test
    void fromTheFileToAGivenKey() {
        killEverywhere(FILE, GIVEN, vault -> vault.changeKeyTo(GIVEN));
        assertThat(home("last").keyEncryptionKey()).doesNotExist();
    }

    @Test
    void fromAGivenKeyToAnother() {
        killEverywhere(GIVEN, OTHER, vault -> vault.changeKeyTo(OTHER));
    }

    @Test
    void fromAGivenKeyToAFile() {
        killEverywhere(GIVEN, FILE, vault -> vault.changeKeyTo(FILE));
        assertThat(home("last").keyEncryptionKey()).exists();
    }

    @Test
    void fromOneFileToTheNext() throws IOException {
        killEverywhere(FILE, FILE, vault -> vault.changeKeyTo(FILE));
        String before = Files.readString(home("last").keyEncryptionKey());
        change(open(home("last"), FILE, Disk.local()), new AtomicReference<>(FILE), FILE, v -> v.changeKeyTo(FILE));
        assertThat(home("last").keyEncryptionKey()).content().isNotEqualTo(before);
    }

    @Test
    void importedKeyTakesThePlaceOfTheOwnOne() {
        byte[] exported = exported();
        killEverywhere(FILE, FILE, vault -> vault.importKey(exported, PARCEL_PHRASE, Path.of("handover")));
        assertThat(home("last").keyEncryptionKey())
                .hasSameTextualContentAs(home("exporting").keyEncryptionKey());
    }

    @Test
    void importOnAMachineWithNothingWritesTheKeyAndNoRing() {
        Home fresh = home("fresh");
        AtomicReference<KeyOrigin> config = new AtomicReference<>(FILE);
        byte[] exported = exported();
        change(
                open(fresh, FILE, Disk.local()),
                config,
                FILE,
                vault -> vault.importKey(exported, PARCEL_PHRASE, folder));

        assertThat(fresh.keyEncryptionKey())
                .hasSameTextualContentAs(home("exporting").keyEncryptionKey());
        assertThat(fresh.keyRing()).doesNotExist();
    }

    @Test
    void fromTheFileToAPassphrase() throws IOException {
        Home home = home("words");
        AtomicReference<KeyOrigin> config = new AtomicReference<>(FILE);
        Vault vault = open(home, config, Disk.local(), TimeSource.system());
        vault.grants().save(NOTION);
        change(vault, config, PHRASE, one -> one.changeKeyTo(PHRASE));

        assertThat(open(home, PHRASE, Disk.local()).grants().load("notion")).hasValue(NOTION);
        assertThat(Files.readString(home.keyRing()))
                .contains("\"wrappedBy\" : \"passphrase\"", "\"iterations\" : 600000")
                .doesNotContain("staple");
        KeyOrigin wrong = new KeyOrigin.Passphrase(() -> new Secret("incorrect horse battery"));
        assertThatThrownBy(() -> open(home, wrong, Disk.local()).grants().load("notion"))
                .hasMessageContaining("the configured passphrase is another one than it was wrapped by")
                .hasMessageNotContaining("horse");
        assertThatThrownBy(() -> open(home, FILE, Disk.local()).grants().load("notion"))
                .hasMessageContaining("is wrapped by a passphrase, and the config names none");
    }

    @Test
    void shortPassphraseIsRefusedBeforeAnythingIsTouched() {
        Home home = home("short");
        Vault vault = open(home, FILE, Disk.local());
        vault.grants().save(NOTION);
        byte[] ring = bytes(home.keyRing());

        assertThatThrownBy(() -> vault.changeKeyTo(new KeyOrigin.Passphrase(() -> new Secret("elevenchars"))))
                .hasMessageContaining("has less than 12 characters")
                .hasMessageNotContaining("elevenchars");
        assertThat(bytes(home.keyRing())).isEqualTo(ring);
    }

    @Test
    void twoChangesAtOnceWaitForEachOther() {
        Vault vault = open(home("busy"), FILE, Disk.local());
        try (KekChange change = vault.changeKeyTo(GIVEN)) {
            change.wrapTwice(true);
            assertThatThrownBy(() -> FileGate.exclusive(home("busy").keyChangeLock(), Duration.ZERO))
                    .hasMessageContaining("is held by");
        }
    }

    @Test
    void rotationWaitsForTheEndOfAChange() {
        Home home = home("between");
        Vault vault = open(home, FILE, Disk.local());
        vault.grants().save(NOTION);
        try (KekChange change = vault.changeKeyTo(GIVEN)) {
            change.wrapTwice(true);
            assertThatThrownBy(() -> vault.keyRing().rotate())
                    .isInstanceOfSatisfying(
                            VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUSY))
                    .hasMessageContaining("run once more: vigil keys rewrap");
        }
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
    }

    @Test
    void daemonWithoutTheNextKeyGoesOnUntilItsOwnIsGone() {
        Home home = home("daemon");
        Timeline time = new Timeline();
        AtomicReference<KeyOrigin> config = new AtomicReference<>(FILE);
        Vault daemon = open(home, config, Disk.local(), time);
        daemon.grants().save(NOTION);
        KeyOrigin unset = new KeyOrigin.Given(() -> {
            throw new IllegalStateException("the variable is not set here");
        });
        change(open(home, FILE, Disk.local()), config, unset, vault -> vault.changeKeyTo(GIVEN));

        Grant renewed = Grants.renewed(NOTION, Instant.EPOCH);
        daemon.grants().save(renewed);
        assertThat(daemon.grants().load("notion")).hasValue(renewed);
        Vault command = open(home, GIVEN, Disk.local());
        assertThat(command.grants().load("notion")).hasValue(renewed);

        command.keyRing().rotate();
        assertThat(command.keyRing().retire().removed()).hasSize(1);
        assertThatThrownBy(() -> daemon.grants().save(NOTION)).hasMessage("the variable is not set here");
        config.set(GIVEN);
        daemon.grants().save(NOTION);
        assertThat(command.grants().load("notion")).hasValue(NOTION);
    }

    /** Kills the change after every single step on the disk, looks with the key of that moment, and does it again. */
    private void killEverywhere(KeyOrigin before, KeyOrigin after, Function<Vault, KekChange> change) {
        for (int steps = 0; ; steps++) {
            Home home = home("after-" + steps);
            AtomicReference<KeyOrigin> config = new AtomicReference<>(before);
            open(home, before, Disk.local()).grants().save(NOTION);
            boolean done =
                    isDone(open(home, config, new StoppingDisk(steps), TimeSource.system()), config, after, change);
            assertReadable(home, config);
            Vault again = open(home, config, Disk.local(), TimeSource.system());
            change(again, config, after, change);
            assertReadable(home, config);
            assertThat(bytes(home.keyRing())).asString().contains("\"also\" : null");
            if (done) {
                assertThat(steps).isGreaterThan(5);
                move(folder.resolve("after-" + steps), folder.resolve("last"));
                return;
            }
        }
    }

    private static boolean isDone(
            Vault vault, AtomicReference<KeyOrigin> config, KeyOrigin after, Function<Vault, KekChange> change) {
        try {
            change(vault, config, after, change);
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    private static void change(
            Vault vault, AtomicReference<KeyOrigin> config, KeyOrigin after, Function<Vault, KekChange> begin) {
        try (KekChange change = begin.apply(vault)) {
            change.wrapTwice(true);
            change.putFile();
            config.set(after);
            change.finish(Optional.empty());
        }
    }

    private static void assertReadable(Home home, AtomicReference<KeyOrigin> config) {
        home.prepare();
        Vault vault = open(home, config, Disk.local(), TimeSource.system());
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
        vault.grants().save(NOTION);
    }

    private byte[] exported() {
        Vault other = open(home("exporting"), FILE, Disk.local());
        other.grants().save(NOTION);
        return other.exportKey(PARCEL_PHRASE);
    }

    private Home home(String name) {
        Home home = Home.below(folder.resolve(name));
        home.prepare();
        return home;
    }

    private static KeyOrigin given(String key) {
        return new KeyOrigin.Given(() -> new Secret(key));
    }

    private static byte[] bytes(Path file) {
        return SafeFiles.onDisk().read(file, 1 << 20).orElseThrow();
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Vault open(Home home, KeyOrigin origin, Disk disk) {
        return open(home, new AtomicReference<>(origin), disk, TimeSource.system());
    }

    private static Vault open(Home home, AtomicReference<KeyOrigin> origin, Disk disk, TimeSource time) {
        return new Vault(home, origin::get, new SafeFiles(disk, FileFacts.ownUid()), time);
    }
}
