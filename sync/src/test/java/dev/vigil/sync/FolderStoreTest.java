// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.FileGate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FolderStoreTest extends StoreContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Override
    protected ObjectStore store() {
        return FolderStore.at(root().toUri(), PATIENCE);
    }

    private Path root() {
        return folder.resolve("bucket");
    }

    @Test
    void processesCountTogetherAndLoseNothing() throws Exception {
        int each = 100;
        try (CountingChild one = CountingChild.start(root(), each);
                CountingChild two = CountingChild.start(root(), each);
                CountingChild three = CountingChild.start(root(), each)) {
            assertThat(one.exit()).isZero();
            assertThat(two.exit()).isZero();
            assertThat(three.exit()).isZero();
        }
        assertThat(new String(store().get("counter").orElseThrow().content(), UTF_8))
                .isEqualTo("" + 3 * each);
    }

    @Test
    void equalContentHasAnotherVersionEachTime() {
        ObjectStore.Version first = written(store().putIfAbsent("a", bytes("same")));
        ObjectStore.Version second = written(store().putIf("a", bytes("same"), first));

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void whatAReleaseWroteOpensForEver() throws Exception {
        store();
        try (InputStream frozen = FolderStoreTest.class.getResourceAsStream("object-0.1.0")) {
            Files.copy(Objects.requireNonNull(frozen), root().resolve("objects/grants+1"));
        }
        Files.setPosixFilePermissions(root().resolve("objects/grants+1"), PosixFilePermissions.fromString("rw-------"));

        ObjectStore.Stored stored = store().get("grants/1").orElseThrow();
        assertThat(stored.version().tag()).isEqualTo("00112233445566778899aabbccddeeff");
        assertThat(stored.content()).isEqualTo(bytes("sealed\n"));
        assertThat(store().list("grants/")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'vigil-object 2 00112233445566778899aabbccddeeff\nx', newer Vigil",
        "'vigil-object 1 00112233\nx', damaged",
        "'', damaged",
    })
    void objectsOfAnotherFormAreRefused(String content, String why) throws Exception {
        store();
        Path file = Files.writeString(root().resolve("objects/a"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        StoreException failure = catchThrowableOfType(StoreException.class, () -> store().get("a"));
        assertThat(failure).hasMessageContaining(why);
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void folderThatOthersMayEnterIsRefused() throws Exception {
        Files.createDirectory(
                root(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        StoreException failure = catchThrowableOfType(StoreException.class, this::store);
        assertThat(failure.kind()).isEqualTo(Kind.FORBIDDEN);
        assertThat(failure).hasMessageContaining("chmod 700");
    }

    @Test
    void writerThatNobodyLetsInGivesUpUnwritten() throws Exception {
        ObjectStore.Version first = written(store().putIfAbsent("a", bytes("one")));
        FolderStore hasty = FolderStore.at(root().toUri(), Duration.ofMillis(50));
        try (FileGate held = FileGate.exclusive(root().resolve("lock"), Duration.ZERO)) {
            StoreException failure =
                    catchThrowableOfType(StoreException.class, () -> hasty.putIf("a", bytes("two"), first));
            assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(failure.mayHaveBeenApplied()).isFalse();
            assertThat(hasty.get("a")).as("readers need no lock").isPresent();
        }
    }

    @Test
    void diskThatRefusesIsARetriableUnknown() throws Exception {
        ObjectStore.Version first = written(store().putIfAbsent("a", bytes("one")));
        Path objects = root().resolve("objects");
        Files.delete(objects.resolve("a"));
        Files.createDirectory(objects.resolve("a"));

        assertThat(catchThrowableOfType(StoreException.class, () -> store().putIf("a", bytes("two"), first))
                        .kind())
                .isEqualTo(Kind.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "drvfs", "NFS"
            })
    void networkFileSystemIsRefused(String type) throws Exception {
        assertThat(LocalFolder.reasonAgainst(folder, type))
                .hasValueSatisfying(reason -> assertThat(reason).contains("network file system (" + type + ")"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "hfs", "fuseblk", "f2fs", "NTFS"})
    void localFileSystemIsTaken(String type) throws Exception {
        assertThat(LocalFolder.reasonAgainst(folder, type)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Dropbox, Dropbox",
        "Dropbox (Personal), Dropbox",
        "OneDrive, OneDrive",
        "OneDrive - Example Ltd, OneDrive",
        "Mobile Documents, iCloud",
        "CloudStorage, a cloud program",
        "Google Drive, Google Drive",
        "GoogleDrive, Google Drive",
        "Nextcloud, Nextcloud",
    })
    void folderWithTheNameOfASyncedOneIsRefused(String name, String program) throws Exception {
        assertSynced(Files.createDirectories(folder.resolve(name).resolve("deep/inside")), program);
    }

    @ParameterizedTest
    @CsvSource({
        ".dropbox, Dropbox",
        ".dropbox.cache, Dropbox",
        ".stfolder, Syncthing",
        ".tmp.drivedownload, Google Drive",
        ".sync_0123abcd.db, Nextcloud",
        ".owncloudsync.log, ownCloud",
        ".849C9593-D756-4E56-8D6E-42412F2A707B, OneDrive",
    })
    void folderWithTheMarkOfASyncProgramIsRefused(String marker, String program) throws Exception {
        Path top = Files.createDirectory(folder.resolve("things"));
        Files.createFile(top.resolve(marker));

        assertSynced(Files.createDirectories(top.resolve("deep/inside")), program);
    }

    @Test
    void homeOfSomebodyWhoUsesDropboxIsTaken() throws Exception {
        Files.createDirectories(folder.resolve(".dropbox"));
        Files.createDirectories(folder.resolve("Dropbox"));

        assertThat(store().list("")).isEmpty();
    }

    private static void assertSynced(Path inside, String program) throws IOException {
        StoreException failure = catchThrowableOfType(
                StoreException.class,
                () -> FolderStore.at(inside.resolve("bucket").toUri(), PATIENCE));
        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure)
                .hasMessageContaining(program + " keeps in sync")
                .hasMessageContaining("a bucket for several machines");
        assertThat(Files.exists(inside.resolve("bucket"))).isFalse();
    }

    @Test
    void linkIntoASyncedFolderIsSeenThrough() throws Exception {
        Path inside = Files.createDirectories(folder.resolve("Dropbox/vigil"));
        Path link = Files.createSymbolicLink(folder.resolve("innocent"), inside);

        assertThatThrownBy(() -> FolderStore.at(link.resolve("bucket").toUri(), PATIENCE))
                .hasMessageContaining("Dropbox keeps in sync");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket", "http://host/x", "file://host/path", "folder"})
    void otherAddressesAreMistakes(String address) {
        assertThatThrownBy(() -> FolderStore.at(URI.create(address), PATIENCE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(address);
    }

    @Test
    void existenceIsNotOpenness() {
        FolderStore store = FolderStore.at(root().toUri(), PATIENCE);
        assertThat(store.openness("a")).isEqualTo(ProbedStore.Openness.CLOSED);
        assertThat(store.versioning()).isEqualTo(ProbedStore.Versioning.OFF);
        assertThat(Optional.of(store.toString())).hasValue("file://" + root());
    }
}
