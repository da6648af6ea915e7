// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Intent;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.SyncMarker;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.StubbornDisk.Step;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileVaultTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00.123456789Z");
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), START);

    @TempDir
    Path folder;

    private final Timeline time = new Timeline();
    private Home home;
    private FileVault vault;

    @BeforeEach
    void open() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        vault = vault(home, SafeFiles.onDisk());
    }

    @ParameterizedTest
    @MethodSource
    void whatIsSavedIsLoaded(Grant grant) {
        vault.save(grant);

        assertThat(vault.load(grant.connector())).hasValue(grant);
        assertThat(vault(home, SafeFiles.onDisk()).load(grant.connector())).hasValue(grant);
    }

    static Stream<Grant> whatIsSavedIsLoaded() {
        RegisteredClient client = new RegisteredClient(
                "https://as.example.com",
                "id",
                Optional.of(new Secret("s3cret")),
                Optional.of(START),
                "client_secret_post",
                URI.create("http://127.0.0.1:7470/oauth/callback"));
        OAuthBinding full = new OAuthBinding(
                "https://as.example.com",
                URI.create("https://as.example.com/token"),
                Optional.of(URI.create("https://as.example.com/revoke")),
                "https://mcp.example.com/",
                client,
                Optional.of("ann@example.com"),
                List.of("read", "write"),
                Optional.of(URI.create("https://as.example.com/introspect")));
        TokenSet tokens = new TokenSet(
                new Secret("access \"quoted\" ü"),
                Optional.of(new Secret("refresh")),
                START,
                Optional.of(START.plusSeconds(3600)),
                Optional.of(START.plusSeconds(3000)),
                TokenSource.OTHER_MACHINE,
                Long.MAX_VALUE,
                Optional.of(new SyncMarker(START, "\"etag\"")),
                Optional.of(START.plusSeconds(86_400)));
        TokenSet key = new TokenSet(
                new Secret("key"),
                Optional.empty(),
                START,
                Optional.empty(),
                Optional.empty(),
                TokenSource.CONFIGURED,
                1,
                Optional.empty());
        return Stream.of(
                NOTION,
                new Grant(
                        "all",
                        Grants.SERVER,
                        7,
                        START,
                        Optional.of(full),
                        tokens,
                        Optional.of(new Refusal("no", START, Optional.of(START.minusSeconds(5))))),
                new Grant("api-key_1", Grants.SERVER, 1, START, Optional.empty(), key, Optional.empty()));
    }

    @Test
    void noTokenStandsInTheClearOnTheDisk() throws IOException {
        vault.save(NOTION);
        vault.writeIntent(NOTION);

        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), UTF_8))
                        .as(file.toString())
                        .doesNotContain("access-1", "refresh-1");
            }
        }
    }

    @Test
    void roomForTheAnswerIsKeptFromTheIntentToTheSave() throws IOException {
        Path room = home.intents().resolve("notion.room");
        vault.save(NOTION);
        vault.writeIntent(NOTION);
        assertThat(Files.size(room)).isGreaterThan(4 * Files.size(home.grants().resolve("notion.sealed")));
        vault.save(NOTION);
        assertThat(room).doesNotExist();
        assertThat(vault.intent("notion")).isPresent();

        vault.writeIntent(NOTION);
        vault.clearIntent("notion");
        assertThat(room).as("nothing was sent after all").doesNotExist();
    }

    @Test
    void diskWithoutRoomForTheAnswerTakesNoIntent() {
        FileVault full = vault(
                home,
                new SafeFiles(new StubbornDisk("No space left on device", Step.CREATE_LOOSELY), FileFacts.ownUid()));
        full.save(NOTION);

        assertThatThrownBy(() -> full.writeIntent(NOTION)).hasMessageContaining("disk full");
        assertThat(full.intent("notion")).isEmpty();
    }

    @Test
    void whatWasWrittenWholeButNotPutInPlaceIsRescued() throws IOException {
        Grant next = Grants.renewed(NOTION, START);
        Path left = unfinished(next);
        Path torn = home.grants().resolve(".notion.sealed.tmp-1-00000000000000aa");
        Files.write(torn, Arrays.copyOf(Files.readAllBytes(left), 100));
        Files.setPosixFilePermissions(torn, PosixFilePermissions.fromString("rw-------"));
        vault.save(NOTION);
        vault.writeIntent(NOTION);
        home.prepare();

        assertThat(vault.rescue(NOTION)).hasValue(next);
        assertThat(vault.load("notion")).hasValue(next);
        assertThat(left).doesNotExist();
        assertThat(torn).doesNotExist();
    }

    @Test
    void whatIsNoNewerIsNotRescued() throws IOException {
        Path left = unfinished(NOTION);
        vault.save(NOTION);
        vault.writeIntent(NOTION);
        assertThat(vault.rescue(NOTION)).isEmpty();
        assertThat(left).doesNotExist();
    }

    @Test
    void whatNoIntentAsksForIsSweptAtTheStart() throws IOException {
        Path left = unfinished(Grants.renewed(NOTION, START));
        home.prepare();
        assertThat(left).doesNotExist();
    }

    /** A process dies between fsync and rename. */
    private Path unfinished(Grant grant) throws IOException {
        vault.save(grant);
        Path left = home.grants().resolve(".notion.sealed.tmp-4194305-0123456789abcdef"); // no process has this id
        Files.move(home.grants().resolve("notion.sealed"), left);
        return left;
    }

    @Test
    void namesAreListedWhetherReadableOrNot() throws IOException {
        assertThat(vault.connectors()).isEmpty();
        vault.save(NOTION);
        vault.save(Grants.of("linear", 1, 1, START, Optional.empty(), Optional.empty()));
        Files.writeString(home.grants().resolve("broken.sealed"), "?");
        Files.writeString(home.grants().resolve("Not A Name.sealed"), "?");
        Files.writeString(home.grants().resolve("notes.txt"), "?");

        assertThat(vault.connectors()).containsExactly("broken", "linear", "notion");
    }

    @Test
    void stampChangesWithEachSaveAndOnlyThen() {
        assertThat(vault.stamp("notion")).isEmpty();
        vault.save(NOTION);
        Optional<String> first = vault.stamp("notion");
        assertThat(vault.load("notion")).isPresent();
        assertThat(vault.stamp("notion")).isPresent().isEqualTo(first);

        vault.save(NOTION);
        assertThat(vault.stamp("notion")).isPresent().isNotEqualTo(first);
    }

    @Test
    void savedFromAnotherVaultObjectIsSeen() {
        FileVault other = vault(home, SafeFiles.onDisk());
        vault.save(NOTION);
        other.save(Grants.renewed(NOTION, START));

        assertThat(vault.load("notion")).hasValue(Grants.renewed(NOTION, START));
    }

    @Test
    void deletedGrantIsGoneWithItsIntentAndWhatWasPutAside() throws IOException {
        vault.save(NOTION);
        Files.writeString(home.grants().resolve("notion.sealed"), "damaged");
        vault.save(NOTION);
        vault.writeIntent(NOTION);
        vault.delete("notion");
        vault.delete("notion");

        assertThat(vault.load("notion")).isEmpty();
        assertThat(vault.intent("notion")).isEmpty();
        assertThat(home.grants()).isEmptyDirectory();
        assertThat(home.intents()).isEmptyDirectory();
    }

    @Test
    void intentTellsWhatIsAboutToBeSentAndStaysUntilCleared() {
        vault.save(NOTION);
        assertThat(vault.intent("notion")).isEmpty();
        vault.writeIntent(NOTION);

        Intent intent = vault(home, SafeFiles.onDisk()).intent("notion").orElseThrow();
        assertThat(intent)
                .returns("notion", Intent::connector)
                .returns(1L, Intent::generation)
                .returns(time.now().wall(), Intent::at);
        vault.clearIntent("notion");
        vault.clearIntent("notion");
        assertThat(vault.intent("notion")).isEmpty();
    }

    @Test
    void fingerprintTellsRefreshTokensApartAndOutlivesARotation() {
        String first = fingerprint(NOTION);
        String second = fingerprint(Grants.renewed(NOTION, START));
        assertThat(second).isNotEqualTo(first);

        Vault rotated = new Vault(home, Optional.empty(), SafeFiles.onDisk(), time);
        rotated.keyRing().rotate();
        rotated.keyRing().retire();
        assertThat(fingerprint(NOTION)).isEqualTo(first);

        Home elsewhere = Home.below(folder.resolve("elsewhere"));
        elsewhere.prepare();
        FileVault other = vault(elsewhere, SafeFiles.onDisk());
        other.writeIntent(NOTION);
        assertThat(other.intent("notion").orElseThrow().fingerprint()).isNotEqualTo(first);
    }

    @Test
    void damagedIntentIsAnErrorNotAnAbsence() throws IOException {
        vault.writeIntent(NOTION);
        Files.writeString(home.intents().resolve("notion"), "{\"version\":1");

        assertThatThrownBy(() -> vault.intent("notion"))
                .hasMessageContaining(home.intents().resolve("notion") + " is damaged: is not a JSON object");
    }

    @Test
    void claimIsHeldPerConnectorAndFreedOnClose() {
        try (var claim = vault.claim("notion", Duration.ZERO)) {
            assertThatThrownBy(() -> vault(home, SafeFiles.onDisk()).claim("notion", Duration.ZERO))
                    .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                    .returns(Kind.BUSY, VaultException::kind);
            vault.claim("linear", Duration.ZERO).close();
        }
        vault.claim("notion", Duration.ZERO).close();
    }

    @Test
    void anotherProcessWithTheClaimIsWaitedFor() throws Exception {
        try (ChildJvm child =
                ChildJvm.running("hold", home.locks().resolve("notion").toString())) {
            assertThat(child.line()).isEqualTo("held");
            assertThatThrownBy(() -> vault.claim("notion", Duration.ZERO))
                    .hasMessageContaining("last known: " + child.pid());
            child.finish();
            vault.claim("notion", Duration.ofSeconds(30)).close();
        }
    }

    @Test
    void interruptedThreadStillSaves() {
        vault.save(NOTION);
        Thread.currentThread().interrupt();
        vault.save(Grants.renewed(NOTION, START));
        vault.clearIntent("notion");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(vault.load("notion")).hasValue(Grants.renewed(NOTION, START));
    }

    @Test
    void fullDiskLeavesTheOldGrant() {
        vault.save(NOTION);
        StubbornDisk disk = new StubbornDisk("No space left on device", Step.CREATE);
        FileVault full = vault(home, new SafeFiles(disk, FileFacts.ownUid()));

        assertThatThrownBy(() -> full.save(Grants.renewed(NOTION, START)))
                .hasMessage(home.grants().resolve("notion.sealed") + " cannot be written: disk full. Free some space");
        assertThat(full.load("notion")).hasValue(NOTION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../keys/kek", "", ".hidden", "A", "a/b"})
    void whatIsNoNameReachesNoFile(String name) {
        assertThatThrownBy(() -> vault.load(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vault.delete(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vault.stamp(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vault.claim(name, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vault.intent(name)).isInstanceOf(IllegalArgumentException.class);
    }

    private String fingerprint(Grant grant) {
        vault.writeIntent(grant);
        return vault.intent(grant.connector()).orElseThrow().fingerprint();
    }

    private FileVault vault(Home place, SafeFiles files) {
        return new Vault(place, Optional.empty(), files, time).grants();
    }
}
