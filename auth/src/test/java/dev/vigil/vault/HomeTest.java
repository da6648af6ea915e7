// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeTest {
    private static final Path USER = Path.of("/home/ann");

    @TempDir
    Path folder;

    @Test
    void xdgFoldersAreTheDefault() {
        Home home = Home.from(Map.of(), USER);

        assertThat(home.config()).isEqualTo(USER.resolve(".config/vigil/vigil.yaml"));
        assertThat(List.of(home.grants(), home.clients(), home.keys(), home.localKeys(), home.ownerKey()))
                .extracting(path ->
                        USER.resolve(".local/share/vigil").relativize(path).toString())
                .containsExactly("grants", "clients", "keys", "local-keys", "owner.key");
        assertThat(List.of(
                        home.intents(),
                        home.locks(),
                        home.beats(),
                        home.issuers(),
                        home.events(),
                        home.log(),
                        home.pidFile()))
                .extracting(path ->
                        USER.resolve(".local/state/vigil").relativize(path).toString())
                .containsExactly("intents", "locks", "beats", "issuers", "events", "log", "vigil.pid");
    }

    @Test
    void xdgVariablesMoveThemUnlessTheyAreRelativeOrEmpty() {
        Home home = Home.from(
                Map.of("XDG_CONFIG_HOME", "/etc/ann", "XDG_DATA_HOME", "relative", "XDG_STATE_HOME", ""), USER);

        assertThat(home.config()).isEqualTo(Path.of("/etc/ann/vigil/vigil.yaml"));
        assertThat(home.grants()).isEqualTo(USER.resolve(".local/share/vigil/grants"));
        assertThat(home.locks()).isEqualTo(USER.resolve(".local/state/vigil/locks"));
    }

    @Test
    void vigilHomePutsEverythingBelowOneFolder() {
        Home home = Home.from(Map.of("VIGIL_HOME", "/srv/vigil", "XDG_DATA_HOME", "/elsewhere"), USER);

        assertThat(List.of(home.config(), home.grants(), home.pidFile()))
                .containsExactly(
                        Path.of("/srv/vigil/vigil.yaml"),
                        Path.of("/srv/vigil/grants"),
                        Path.of("/srv/vigil/vigil.pid"));
    }

    @Test
    void everythingIsClosedToOthersEvenUnderACarelessUmask() throws Exception {
        Path place = folder.resolve("deep/home");
        try (ChildJvm child = ChildJvm.careless("use", place.toString())) {
            assertThat(child.line()).isEqualTo("[secret]");
            child.finish();
        }
        try (Stream<Path> all = Files.walk(place)) {
            for (Path path : all.toList()) {
                assertThat(Modes.of(path))
                        .as(path.toString())
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
            }
        }
        assertThat(Modes.of(folder.resolve("deep"))).isEqualTo("rwx------");
        assertThat(place.resolve("grants/notion.sealed")).exists();
        assertThat(place.resolve("intents/notion")).exists();
        assertThat(place.resolve("local-keys")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "grants",
                "clients",
                "snapshots",
                "keys",
                "intents",
                "locks",
                "beats",
                "issuers",
                "events",
                "log"
            })
    void folderThatIsOpenToOthersIsRefusedAndLeftAlone(String name) throws IOException {
        Home home = prepared();
        Path open = folder.resolve("home").resolve(name).normalize();
        Modes.set(open, "rwxr-x---");

        assertUnsafe(home, open + " is open to other users (mode 750). Run: chmod 700 '" + open + "'");
        assertThat(Modes.of(open)).isEqualTo("rwxr-x---");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grants/notion.sealed",
                "clients/1.sealed",
                "snapshots/1.sealed",
                "keys/ring.json",
                "keys/shared-ring.json",
                "keys/kek",
                "local-keys",
                "owner.key"
            })
    void fileThatIsOpenToOthersIsRefused(String name) throws IOException {
        Home home = prepared();
        Path open = Files.createFile(folder.resolve("home").resolve(name));
        Modes.set(open, "rw-r--r--");

        assertUnsafe(home, open + " is open to other users (mode 644). Run: chmod 600 '" + open + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"grants", "keys/kek", "local-keys", "vigil.yaml"})
    void linkIsRefused(String name) throws IOException {
        Home home = prepared();
        Path place = folder.resolve("home").resolve(name);
        Files.deleteIfExists(place);
        Files.createSymbolicLink(place, folder.resolve("elsewhere"));

        assertUnsafe(home, place + " is a symbolic link");
    }

    @Test
    void configMayBeReadByOthersButNotWritten() throws IOException {
        Home home = Home.from(Map.of(), folder);
        home.prepare();
        Modes.set(folder.resolve(".config/vigil"), "rwxr-xr-x");
        Path config = Files.createFile(home.config());
        Modes.set(config, "rw-r--r--");
        home.prepare();

        Modes.set(config, "rw-rw-r--");
        assertUnsafe(home, "chmod go-w '" + config + "'");
    }

    @Test
    void foldersOfAnotherUserAreRefused() {
        Home home = prepared();
        SafeFiles stranger = new SafeFiles(Disk.local(), FileFacts.ownUid() + 1);

        assertThatThrownBy(() -> home.prepare(stranger)).hasMessageContaining("belongs to user " + FileFacts.ownUid());
    }

    @Test
    void leftoversOfACrashAreSweptAtTheNextStart() throws Exception {
        Home home = prepared();
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        List<Path> leftovers = Stream.of(
                        home.config(), home.grants().resolve("x"), home.keys().resolve("ring.json"))
                .map(file -> file.resolveSibling("." + file.getFileName() + ".tmp-" + gone.pid() + "-0123456789abcdef"))
                .toList();
        for (Path leftover : leftovers) {
            Files.createFile(leftover);
        }
        home.prepare();

        assertThat(leftovers).allSatisfy(leftover -> assertThat(leftover).doesNotExist());
    }

    private Home prepared() {
        Home home = Home.below(folder.resolve("home"));
        home.prepare();
        return home;
    }

    private static void assertUnsafe(Home home, String message) {
        assertThatThrownBy(home::prepare)
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(Kind.UNSAFE, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(message);
    }
}
