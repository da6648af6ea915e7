// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grant;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.FileSnapshots;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotBookTest {
    private static final Instant TAKEN = Instant.parse("2026-11-21T08:00:00Z");
    private static final Grant ANN = Owners.loginOf("ann", 1, Owners.LOGIN);
    private static final Grant BOB = Owners.loginOf("bob", 2, Owners.LOGIN.plusSeconds(60));

    @TempDir
    Path folder;

    private Home home;
    private Vault vault;
    private SnapshotBook book;

    @BeforeEach
    void open() {
        home = Home.below(folder.resolve("home"));
        vault = Vault.open(home, Optional.empty());
        book = new SnapshotBook(vault.snapshots());
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-25, 2025-11-25",
        "2025-06-18, 2025-03-26", // the newest that is not newer: who asks for it will know that one
        "2025-03-26, 2025-03-26",
        "2024-11-05, 2025-03-26",
        "2026-01-01, 2025-11-25",
        "2026-07-28, 2026-07-28",
        "2027-01-01, 2026-07-28",
    })
    void nearestOfTheSameEraIsFound(String asked, String found) {
        for (String revision : List.of("2025-03-26", "2025-11-25", "2026-07-28")) {
            book.put(snapshot(Owners.of(ANN), revision, "t"));
        }

        assertThat(book.find(Owners.of(ANN), asked).orElseThrow().revision()).isEqualTo(found);
    }

    @Test
    void revisionThatIsKnownToBeSpokenIsNearerThanAnother() {
        book.put(snapshot(Owners.of(ANN), "2025-03-26", "t"));
        Snapshot newest = snapshot(Owners.of(ANN), "2025-11-25", "t");
        book.put(new Snapshot(
                newest.owner(),
                newest.revision(),
                Set.of("2025-11-25", "2025-06-18"),
                TAKEN,
                newest.greeting(),
                newest.lists()));

        assertThat(book.find(Owners.of(ANN), "2025-06-18").orElseThrow().revision())
                .isEqualTo("2025-11-25");
    }

    @Test
    void otherEraIsNeverTheNearest() {
        book.put(snapshot(Owners.of(ANN), "2026-07-28", "t"));

        assertThat(book.find(Owners.of(ANN), "2025-11-25")).isEmpty();
    }

    /** Any accounts, any order: what is found was taken for exactly who asks. */
    @RepeatedTest(20)
    void nothingEverCrossesAccounts() {
        Random random = new Random();
        List<Owner> owners = new ArrayList<>(List.of(
                Owner.of(Owners.NOTION, Optional.empty()),
                Owner.of(Owners.DOCS, Optional.empty()),
                Owners.of(Owners.login(1, Owners.LOGIN)),
                Owners.of(Owners.login(2, Owners.LOGIN)),
                Owners.of(Owners.login(1, Owners.LOGIN.plusNanos(1000))),
                Owners.of(ANN),
                Owners.of(BOB)));
        List<String> revisions = List.of("2025-03-26", "2025-11-25", "2026-07-28");
        for (int step = 0; step < 30; step++) {
            Owner owner = owners.get(random.nextInt(owners.size()));
            Snapshot taken = snapshot(owner, revisions.get(random.nextInt(3)), owner.account());
            switch (random.nextInt(4)) {
                case 0 -> book.replace(owner, List.of(taken));
                case 1 -> book.forget(owner.connector());
                case 2 -> {
                    book = new SnapshotBook(vault.snapshots());
                    assertThat(book.load()).isEmpty();
                }
                default -> book.put(taken);
            }
            assertThat(owners)
                    .allSatisfy(asker -> assertThat(
                                    revisions.stream().flatMap(asked -> book.find(asker, asked).stream()))
                            .allSatisfy(found -> {
                                assertThat(found.owner()).isEqualTo(asker);
                                assertThat(found.list(ListKind.TOOLS)
                                                .orElseThrow()
                                                .items())
                                        .contains(asker.account());
                            }));
        }
    }

    @Test
    void ownerFollowsTheAccountWhereItIsToldAndTheLoginElsewhere() {
        assertThat(Owners.of(ANN)).isEqualTo(Owners.of(Owners.loginOf("ann", 5, TAKEN)));
        assertThat(Owners.of(ANN)).isNotEqualTo(Owners.of(BOB));
        assertThat(Owners.of(Owners.login(1, Owners.LOGIN))).isNotEqualTo(Owners.of(Owners.login(2, Owners.LOGIN)));
        assertThat(Owner.of(Owners.NOTION, Owners.dead(ANN))).hasValue(Owners.of(ANN));
        assertThat(Owners.of(ANN).account()).matches("[0-9a-f]{32}").doesNotContain("ann");
    }

    @Test
    void restartFindsAgainWhatWasTaken() {
        Snapshot taken = snapshot(Owners.of(ANN), "2025-11-25", "t");
        Snapshot refused = Snapshot.refused(
                Owners.of(ANN), Era.MODERN, TAKEN, new Greeting.Refused(404, Optional.of("{\"code\":-32601}")));
        book.replace(Owners.of(ANN), List.of(refused, taken));
        SnapshotBook restarted = new SnapshotBook(vault.snapshots());

        assertThat(restarted.load()).isEmpty();
        assertThat(restarted.of(Owners.of(ANN))).containsExactly(taken, refused);
    }

    @Test
    void takeReplacesItsErasAndForgetsOtherAccounts() throws IOException {
        book.put(snapshot(Owners.of(BOB), "2025-11-25", "of bob"));
        book.put(snapshot(Owners.of(ANN), "2025-03-26", "old"));
        book.put(snapshot(Owners.of(ANN), "2026-07-28", "kept"));
        Snapshot taken = snapshot(Owners.of(ANN), "2025-11-25", "new");
        book.replace(Owners.of(ANN), List.of(taken));

        assertThat(book.of(Owners.of(ANN))).containsExactly(taken, snapshot(Owners.of(ANN), "2026-07-28", "kept"));
        assertThat(book.of(Owners.of(BOB))).isEmpty();
        assertThat(sealed()).hasSize(2);
    }

    @Test
    void takeServesFromMemoryWhereTheDiskRefusesIt() throws IOException {
        book.put(snapshot(Owners.of(BOB), "2025-11-25", "of bob"));
        for (Path file : sealed()) {
            Files.delete(file);
        }
        Files.delete(home.snapshots());
        Files.createFile(home.snapshots());
        Snapshot taken = snapshot(Owners.of(ANN), "2025-11-25", "new");

        assertThatThrownBy(() -> book.replace(Owners.of(ANN), List.of(taken))).isInstanceOf(VaultException.class);
        assertThat(book.of(Owners.of(ANN))).containsExactly(taken);
        assertThat(book.of(Owners.of(BOB))).isEmpty();
    }

    @Test
    void forgottenConnectorIsGoneFromDiskToo() throws IOException {
        book.put(snapshot(Owners.of(ANN), "2025-11-25", "t"));
        book.forget("notion");

        assertThat(book.connectors()).isEmpty();
        assertThat(sealed()).isEmpty();
    }

    @Test
    void damagedFileIsDroppedWithoutAWord() throws IOException {
        book.put(snapshot(Owners.of(ANN), "2025-11-25", "t"));
        Files.write(sealed().get(0), new byte[] {1, 2, 3});
        SnapshotBook restarted = new SnapshotBook(vault.snapshots());

        assertThat(restarted.load()).isEmpty();
        assertThat(restarted.connectors()).isEmpty();
    }

    @Test
    void fileOfAnotherShapeIsDroppedWithoutAWord() {
        vault.snapshots()
                .save(
                        new FileSnapshots.Key("notion", "2025-11-25", "0".repeat(32)),
                        Json.object().put("version", 1));
        SnapshotBook restarted = new SnapshotBook(vault.snapshots());

        assertThat(restarted.load()).isEmpty();
        assertThat(restarted.connectors()).isEmpty();
    }

    @Test
    void lostKeysAreToldOnce() throws IOException {
        vault.grants().save(ANN);
        book.put(snapshot(Owners.of(ANN), "2025-11-25", "t"));
        book.put(snapshot(Owners.of(ANN), "2026-07-28", "t"));
        Files.delete(home.keys().resolve("ring.json"));
        SnapshotBook restarted =
                new SnapshotBook(Vault.open(home, Optional.empty()).snapshots());

        assertThat(restarted.load()).singleElement().asString().contains("ring.json is missing");
    }

    private List<Path> sealed() throws IOException {
        try (Stream<Path> all = Files.list(home.snapshots())) {
            return all.toList();
        }
    }

    static Snapshot snapshot(Owner owner, String revision, String tool) {
        return new Snapshot(
                owner,
                revision,
                Set.of(revision),
                TAKEN,
                new Greeting.Welcome("{\"capabilities\":{\"tools\":{}}}"),
                Map.of(ListKind.TOOLS, new Listing("[{\"name\":\"" + tool + "\"}]", Optional.empty())));
    }
}
