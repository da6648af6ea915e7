// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.TimeSource;
import dev.vigil.vault.StoppingDisk.Killed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills each work after every single step on the disk, then looks whether anything is lost and does the work again. */
class KilledAnywhereTest {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
    private static final Grant RENEWED = Grants.renewed(NOTION, Instant.EPOCH);
    private static final Grant LINEAR = Grants.of("linear", 1, 1, Instant.EPOCH, Optional.empty(), Optional.empty());
    private static final RegisteredClient CLIENT = NOTION.oauth().orElseThrow().client();

    @TempDir
    Path folder;

    @Test
    void rotation() {
        int steps = killEverywhere(
                home -> saveAll(open(home)), vault -> vault.keyRing().rotate(), KilledAnywhereTest::assertAllThere);

        assertThat(steps).isEqualTo(3 * 4); // create, rename and sync for the ring and three files
    }

    @Test
    void retirement() {
        int steps = killEverywhere(
                KilledAnywhereTest::rotateHalf, vault -> vault.keyRing().retire(), KilledAnywhereTest::assertAllThere);

        assertThat(steps).isEqualTo(3 * 3); // two files that the rotation did not come to, and the ring
    }

    @Test
    void firstSave() {
        int steps = killEverywhere(
                home -> {},
                vault -> vault.grants().save(NOTION),
                vault -> assertThat(vault.grants().load("notion")).isIn(Optional.empty(), Optional.of(NOTION)));

        assertThat(steps).isEqualTo(3 * 3); // key-encryption key, ring, grant
    }

    @Test
    void savingARenewedGrant() {
        killEverywhere(
                home -> saveAll(open(home)),
                vault -> vault.grants().save(RENEWED),
                vault -> assertThat(vault.grants().load("notion")).isIn(Optional.of(NOTION), Optional.of(RENEWED)));
    }

    @Test
    void logout() {
        killEverywhere(
                home -> {
                    saveAll(open(home));
                    open(home).grants().writeIntent(NOTION);
                },
                vault -> vault.grants().delete("notion"),
                vault -> {
                    assertThat(vault.grants().load("notion")).isIn(Optional.of(NOTION), Optional.empty());
                    if (vault.grants().intent("notion").isPresent()) {
                        assertThat(vault.grants().load("notion")).hasValue(NOTION);
                    }
                });
    }

    @Test
    void newLocalKey() {
        killEverywhere(
                home -> open(home).localKeys().mint("claude"),
                vault -> vault.localKeys().mint("cursor"),
                vault -> assertThat(vault.localKeys().names()).contains("claude"));
    }

    @Test
    void firstOwnerKey() {
        killEverywhere(
                home -> {},
                Vault::ownerKey,
                vault -> assertThat(vault.ownerKey().matches(vault.ownerKey().secret()))
                        .isTrue());
    }

    /** @return how many steps the work takes when nobody kills it */
    private int killEverywhere(Consumer<Home> before, Consumer<Vault> work, Consumer<Vault> check) {
        for (int steps = 0; ; steps++) {
            Home home = Home.below(folder.resolve("after-" + steps));
            home.prepare();
            before.accept(home);
            boolean done = isDone(work, open(home, new StoppingDisk(steps)));
            home.prepare();
            check.accept(open(home));
            work.accept(open(home));
            check.accept(open(home));
            if (done) {
                return steps;
            }
        }
    }

    private static boolean isDone(Consumer<Vault> work, Vault vault) {
        try {
            work.accept(vault);
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    private static void saveAll(Vault vault) {
        vault.grants().save(NOTION);
        vault.grants().save(LINEAR);
        vault.clients().save(CLIENT);
    }

    private static void assertAllThere(Vault vault) {
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
        assertThat(vault.grants().load("linear")).hasValue(LINEAR);
        assertThat(vault.clients().load(CLIENT.issuer(), CLIENT.redirectUri())).hasValue(CLIENT);
    }

    /** A rotation that is killed after the ring and one file. */
    private static void rotateHalf(Home home) {
        saveAll(open(home));
        assertThat(isDone(vault -> vault.keyRing().rotate(), open(home, new StoppingDisk(6))))
                .isFalse();
    }

    private static Vault open(Home home) {
        return open(home, Disk.local());
    }

    private static Vault open(Home home, Disk disk) {
        return new Vault(home, Optional.empty(), new SafeFiles(disk, FileFacts.ownUid()), TimeSource.system());
    }
}
