// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.app.Cli.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vigil keys} on one machine: what it does, what it refuses, and that no secret shows. */
class KeysCommandTest {
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String KEK = "1234567890abcdef".repeat(4);
    private static final String CONFIG = """
            # mine
            connectors:
              c7: { url: https://c7.invalid/mcp, grant: header, header: X-Key }
            """;

    @TempDir
    Path folder;

    private Path home;
    private Cli cli;

    @BeforeEach
    void sealSomething() {
        home = folder.resolve("home");
        cli = machine("home");
        assertThat(cli.runTyping("the-api-key\n", "add", "c7", "https://c7.invalid/mcp", "--header", "X-Key")
                        .code())
                .isZero();
    }

    @Test
    void keyGoesToAnotherMachineInASealedFile() throws IOException {
        Path parcel = folder.resolve("parcel.json");
        Ended exported = cli.runTyping(PASSPHRASE + "\n", "keys", "export", parcel.toString());
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parcel)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(parcel)).doesNotContain(kek(home), PASSPHRASE);

        Cli other = machine("other");
        Ended imported = other.runTyping(PASSPHRASE + "\n", "keys", "import", parcel.toString());
        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(kek(folder.resolve("other"))).isEqualTo(kek(home));
        assertThat(exported.out() + exported.err() + imported.out() + imported.err())
                .doesNotContain(PASSPHRASE, kek(home));
    }

    @Test
    void importOnAMachineWithLoginsKeepsThem() throws IOException {
        Path parcel = folder.resolve("parcel.json");
        Cli other = machine("other");
        other.runTyping("its-own\n", "add", "c7", "https://c7.invalid/mcp", "--header", "X-Key");
        other.runTyping(PASSPHRASE + "\n", "keys", "export", parcel.toString());
        Ended imported = cli.runTyping(PASSPHRASE + "\n", "keys", "import", parcel.toString());

        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(kek(folder.resolve("other"))).isEqualTo(kek(home));
        assertThat(imported.out()).doesNotContain("vigil.yaml");
        assertSealedFilesOpen();
    }

    @Test
    void importIntoAConfigThatNamesAKeyTakesItsPlace() {
        Path parcel = folder.resolve("parcel.json");
        machine("other").runTyping("its-own\n", "add", "c7", "https://c7.invalid/mcp", "--header", "X-Key");
        machine("other").runTyping(PASSPHRASE + "\n", "keys", "export", parcel.toString());
        cli.with("VIGIL_KEK", KEK).run("keys", "rewrap", "--to", "env:VIGIL_KEK");
        Ended imported = cli.runTyping(PASSPHRASE + "\n", "keys", "import", parcel.toString());

        assertThat(imported.code()).as(imported.err()).isZero();
        assertThat(cli.config()).doesNotContain("VIGIL_KEK");
        assertThat(imported.out()).contains("vigil.yaml does not name another key any more");
        assertSealedFilesOpen();
    }

    @Test
    void wrongPassphraseAndDamagedFileAreToldApartFromNothing() throws IOException {
        Path parcel = folder.resolve("parcel.json");
        cli.runTyping(PASSPHRASE + "\n", "keys", "export", parcel.toString());
        String before = kek(home);

        Ended wrong = cli.runTyping("another horse battery\n", "keys", "import", parcel.toString());
        assertThat(wrong.code()).isEqualTo(6);
        assertThat(wrong.err())
                .contains("does not open: the passphrase is wrong")
                .doesNotContain("horse");

        Files.writeString(parcel, Files.readString(parcel).replace("\"sealed\" : \"", "\"sealed\" : \"AAAA"));
        Ended damaged = cli.runTyping(PASSPHRASE + "\n", "keys", "import", parcel.toString());
        assertThat(damaged.code()).isEqualTo(6);
        assertThat(damaged.err()).contains("is no export of Vigil, or damaged");

        Ended missing = cli.runTyping(
                PASSPHRASE + "\n", "keys", "import", folder.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(2);
        assertThat(kek(home)).isEqualTo(before);
        assertSealedFilesOpen();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/dev/stdout", "/dev/tty", "/proc/self/fd/1", ""})
    void keyNeverGoesToATerminalOrAPipe(String target) {
        Ended refused = cli.runTyping(PASSPHRASE + "\n", "keys", "export", target);

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("is no file: a key never goes to a terminal or a pipe");
        assertThat(refused.out()).isEmpty();
    }

    @Test
    void exportOverwritesNothing() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "precious");
        Ended refused = cli.runTyping(PASSPHRASE + "\n", "keys", "export", there.toString());

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("is there already, and an export overwrites nothing");
        assertThat(there).hasContent("precious");
    }

    @Test
    void shortPassphraseIsRefused() {
        Ended refused = cli.runTyping(
                "elevenchars\n", "keys", "export", folder.resolve("p").toString());

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("less than 12 characters").doesNotContain("elevenchars");
        assertThat(folder.resolve("p")).doesNotExist();
    }

    @Test
    void rewrapEditsTheConfigAndKeepsEverythingReadable() {
        cli.with("VIGIL_KEK", KEK).with("VIGIL_WORDS", PASSPHRASE);
        for (String to : new String[] {"env:VIGIL_KEK", "passphrase-env:VIGIL_WORDS", "new-file", "new-file"}) {
            Ended done = cli.run("keys", "rewrap", "--to", to);
            assertThat(done.code()).as(to + done.err()).isZero();
            assertThat(done.out() + done.err()).doesNotContain(KEK, PASSPHRASE, "{env=", "{file=");
            assertThat(cli.config()).startsWith("# mine\n").doesNotContain(KEK, PASSPHRASE);
            assertSealedFilesOpen();
        }
        assertThat(cli.config()).doesNotContain("VIGIL_KEK", "VIGIL_WORDS");
        assertThat(home.resolve("keys/kek")).exists();
    }

    @Test
    void exportOfAKeyThatTheConfigNamesSaysWhatToDo() {
        cli.with("VIGIL_KEK", KEK).run("keys", "rewrap", "--to", "env:VIGIL_KEK");
        assertThat(home.resolve("keys/kek")).doesNotExist();
        Ended refused = cli.runTyping(
                PASSPHRASE + "\n", "keys", "export", folder.resolve("p").toString());

        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains(
                        "the config takes the key from keys.keyEncryptionKey. Put the same there on the other machine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "env:UNSET             | 6 | keys.keyEncryptionKey: no secret: the variable UNSET is empty or not set",
                "env:BAD               | 6 | is not 32 bytes in base64 or hexadecimal",
                "passphrase-env:SHORT  | 6 | has less than 12 characters",
                "file:/nowhere         | 6 | the file /nowhere cannot be read",
                "hunter2hunter2hunter2 | 2 | the key itself is never an argument",
                "env:hunter2 hunter2   | 2 | must be the name of an environment variable"
            })
    void keyThatIsNoneChangesNothing(String to, int code, String message) {
        cli.with("BAD", "hunter2").with("SHORT", "hunter2");
        String before = cli.config();
        String ring = cli.read("keys/ring.json");
        Ended refused = cli.run("keys", "rewrap", "--to", to);

        assertThat(refused.code()).isEqualTo(code);
        assertThat(refused.err()).contains(message).doesNotContain("hunter2");
        assertThat(cli.config()).isEqualTo(before);
        assertThat(cli.read("keys/ring.json")).isEqualTo(ring);
    }

    @Test
    void twoMachinesShareRotateAndAreShutOut() throws IOException {
        makePrivate(folder.resolve("bucket"));
        String bucket = "file://" + folder.resolve("bucket");
        Ended begun = cli.run("sync", "init", bucket);
        assertThat(begun.code()).as(begun.out() + begun.err()).isZero();
        Path parcel = folder.resolve("parcel.json");
        cli.runTyping(PASSPHRASE + "\n", "keys", "export", parcel.toString());
        Cli other = machine("other");
        Ended stranger = other.run("sync", "init", bucket);
        assertThat(stranger.out() + stranger.err()).contains("vigil keys import FILE");
        assertThat(other.runTyping(PASSPHRASE + "\n", "keys", "import", parcel.toString())
                        .code())
                .isZero();
        assertThat(other.run("sync", "now").code()).isZero();

        Ended rotated = cli.run("keys", "rotate");
        assertThat(rotated.code()).as(rotated.err()).isZero();
        assertThat(rotated.out()).contains("In the bucket: new primary key");
        assertThat(cli.run("keys", "retire").out()).contains("In the bucket: removed old keys");
        assertThat(other.run("sync", "now").code()).isZero();
        assertThat(other.run("keys", "list").out()).contains("Shared through the bucket, revision 3:");

        Ended rewrapped = cli.run("keys", "rewrap", "--to", "new-file");
        assertThat(rewrapped.code()).as(rewrapped.err()).isZero();
        assertThat(rewrapped.out())
                .contains("The bucket has a new primary key", "Keys that open nothing there any more: [");
        Ended shutOut = other.run("keys", "rotate");
        assertThat(shutOut.code()).isEqualTo(7);
        assertThat(shutOut.err()).contains("vigil keys import FILE");
        Path second = folder.resolve("second.json");
        cli.runTyping(PASSPHRASE + "\n", "keys", "export", second.toString());
        assertThat(other.runTyping(PASSPHRASE + "\n", "keys", "import", second.toString())
                        .code())
                .isZero();
        assertThat(other.run("keys", "rotate").code()).isZero();
        assertThat(other.run("keys", "list", "--json").out()).contains("\"ring\":\"shared\"");
    }

    @Test
    void daemonGoesOnWhileTheKeyIsChangedUnderIt() throws IOException {
        cli.config(CONFIG + "listen: { port: 0 }\n");
        try (Cli running = cli) {
            running.daemon();
            Ended rewrapped = cli.run("keys", "rewrap", "--to", "new-file");
            assertThat(rewrapped.code()).as(rewrapped.err()).isZero();
            String before = kek(home);
            cli.with("VIGIL_KEK", KEK);
            Ended unseen = cli.run("keys", "rewrap", "--to", "env:VIGIL_KEK");
            assertThat(unseen.code()).as(unseen.err()).isZero();
            assertThat(unseen.err()).contains("start it anew: vigil stop, vigil run --background");

            Ended added = cli.runTyping("another-key\n", "add", "c8", "https://c8.invalid/mcp", "--header", "X-Key");
            assertThat(added.code()).as(added.err()).isZero();
            assertThat(cli.run("status").out()).contains("c7", "c8").doesNotContain(before);
            Ended rotated = cli.run("keys", "rotate");
            assertThat(rotated.out()).contains("Sealed again: 2 files.");
        }
    }

    private void assertSealedFilesOpen() {
        Ended rotated = cli.run("keys", "rotate");
        assertThat(rotated.code()).as(rotated.err()).isZero();
        assertThat(rotated.out()).contains("Sealed again: 1 file.");
    }

    private static String kek(Path home) throws IOException {
        return Files.readString(home.resolve("keys/kek")).strip();
    }

    private Cli machine(String name) {
        Path place = folder.resolve(name);
        boolean isNew = !Files.exists(place.resolve("vigil.yaml"));
        Cli machine = new Cli(place);
        if (isNew) {
            makePrivate(place);
            machine.config(CONFIG);
        }
        return machine;
    }

    private static void makePrivate(Path place) {
        try {
            Files.createDirectory(
                    place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
