// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grants;
import dev.vigil.auth.VaultException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class FileSnapshotsTest extends InAHome {
    private static final String ANN = "0123456789abcdef0123456789abcdef";
    private static final String BOB = "fedcba9876543210fedcba9876543210";
    private static final FileSnapshots.Key NOTION = new FileSnapshots.Key("notion", "2025-11-25", ANN);
    private static final FileSnapshots.Key NOTION_OF_BOB = new FileSnapshots.Key("notion", "2025-11-25", BOB);
    private static final FileSnapshots.Key TWIN = new FileSnapshots.Key("notion_2", "2026-07-28", ANN);

    private Vault vault;

    @BeforeEach
    void open() {
        vault = Vault.open(home, Optional.empty());
    }

    @Test
    void whatIsSavedComesBackAndIsNotReadableOnDisk() throws IOException {
        vault.snapshots().save(NOTION, content("a tool"));

        assertThat(vault.snapshots().load(NOTION)).hasValue(content("a tool"));
        assertThat(vault.snapshots().load(NOTION_OF_BOB)).isEmpty();
        assertThat(Files.readString(file(NOTION), ISO_8859_1))
                .startsWith("VIGIL SEALED 1 ")
                .doesNotContain("a tool");
    }

    @Test
    void aFileUnderAnotherAccountsNameDoesNotOpen() throws IOException {
        vault.snapshots().save(NOTION, content("a tool"));
        Files.copy(file(NOTION), file(NOTION_OF_BOB));

        assertThat(vault.snapshots().load(NOTION_OF_BOB)).isEmpty();
        assertThat(file(NOTION_OF_BOB)).doesNotExist();
        assertThat(vault.snapshots().load(NOTION)).isPresent();
    }

    @Test
    void damagedFileIsRemovedAndStandsInNobodysWay() throws IOException {
        vault.snapshots().save(NOTION, content("a tool"));
        Files.write(file(NOTION), new byte[] {1, 2, 3});
        vault.snapshots().save(NOTION, content("another"));
        assertThat(vault.snapshots().load(NOTION)).hasValue(content("another"));

        Files.write(file(NOTION), new byte[] {1, 2, 3});
        assertThat(vault.snapshots().load(NOTION)).isEmpty();
        assertThat(home.snapshots()).isEmptyDirectory();
    }

    @Test
    void keyRotationSealsItAgainAndRetirementRemovesWhatCannotBe() throws IOException {
        vault.snapshots().save(NOTION, content("a tool"));
        vault.snapshots().save(TWIN, content("a tool"));
        Files.write(file(TWIN), new byte[] {1, 2, 3});

        assertThat(vault.keyRing().rotate()).returns(1, KeyRing.Rotation::sealedAnew);
        assertThat(vault.keyRing().retire().removed()).hasSize(1);
        assertThat(vault.snapshots().load(NOTION)).hasValue(content("a tool"));
        assertThat(vault.snapshots().keys()).containsExactly(NOTION);
    }

    @Test
    void lostKeysDoNotTakeTheFileWithThem() throws IOException {
        vault.grants().save(Grants.lasting(Duration.ofHours(1), Instant.EPOCH));
        vault.snapshots().save(NOTION, content("a tool"));
        byte[] ring = Files.readAllBytes(home.keyRing());
        Files.delete(home.keyRing());
        Vault blind = Vault.open(home, Optional.empty());

        assertThatThrownBy(() -> blind.snapshots().load(NOTION))
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(VaultException.Kind.KEY, VaultException::kind);
        Files.write(home.keyRing(), ring);
        Modes.set(home.keyRing(), "rw-------");
        assertThat(blind.snapshots().load(NOTION)).isPresent();
    }

    @Test
    void forgottenWithItsLoginAndNoOthers() {
        vault.snapshots().save(NOTION, content("a tool"));
        vault.snapshots().save(NOTION_OF_BOB, content("a tool"));
        vault.snapshots().save(TWIN, content("a tool"));

        vault.grants().delete("notion");
        assertThat(vault.snapshots().keys()).isEqualTo(List.of(TWIN));
    }

    @ParameterizedTest
    @CsvSource({
        "../notion, 2025-11-25, 0123456789abcdef0123456789abcdef",
        "notion, ../../etc, 0123456789abcdef0123456789abcdef",
        "notion, 2025-11-25, ann@example.com",
    })
    void whatMakesNoFileNameIsRefused(String connector, String revision, String account) {
        assertThatThrownBy(() -> new FileSnapshots.Key(connector, revision, account))
                .hasMessageContaining("is not the name of a snapshot");
    }

    private Path file(FileSnapshots.Key key) {
        return home.snapshots().resolve(key.connector() + "_" + key.revision() + "_" + key.account() + ".sealed");
    }

    private static ObjectNode content(String tools) {
        return Fields.empty().put("version", 1).put("tools", tools);
    }
}
