// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.SharedKeys.Changed;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.sync.SharedStage.Died;
import dev.vigil.vault.Home;
import dev.vigil.vault.KekChange;
import dev.vigil.vault.KeyOrigin;
import dev.vigil.vault.SharedSeal;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laptop is lost: it has the old key-encryption key, its copy of the ring, and may read and write the bucket. */
class KeysShutOutTest {
    private static final KeyOrigin OLD = given(KeyBox.KEK);
    private static final KeyOrigin NEW = given("22".repeat(32));

    @TempDir
    Path folder;

    private final MemoryStore bucket = new MemoryStore();
    private Machine home;
    private Machine builder;

    @BeforeEach
    void share() {
        home = new Machine("home");
        builder = new Machine("builder");
        home.box().puts("notion", "tokens of notion");
        builder.box().puts("linear", "tokens of linear");
        builder.box().keys.rotate();
        home.box().keys.pull();
    }

    @Test
    void copiedRingOpensNothingInTheBucketAfterwards() throws IOException {
        Path laptop = copied("laptop");
        Changed shutOut = home.rewraps(bucket);

        assertThat(shutOut.removed()).hasSize(2);
        assertThat(shutOut.left()).isEmpty();
        assertNothingOpens(laptop);
        KeyBox lost = new KeyBox(laptop, bucket, Optional.of(KeyBox.KEK));
        assertThat(lost.keys.pull()).isInstanceOf(Pulled.Refused.class);
        assertNothingOpens(laptop);
        assertThat(home.box().reads("notion")).isEqualTo("tokens of notion");
        assertThat(home.box().reads("linear")).isEqualTo("tokens of linear");
    }

    @Test
    void otherMachineThatDoesTheSameTakesTheNewRingAndChangesNothing() {
        home.rewraps(bucket);
        byte[] ring = ring();
        assertThat(builder.box().keys.pull()).isInstanceOf(Pulled.Refused.class);
        Changed second = builder.rewraps(bucket);

        assertThat(second.removed()).isEmpty();
        assertThat(second.sealedAnew()).isZero();
        assertThat(ring()).isEqualTo(ring);
        assertThat(builder.box().reads("notion")).isEqualTo("tokens of notion");
        assertThat(builder.box().keys.pull()).isEqualTo(new Pulled.Current());
    }

    @Test
    void whatTheLaptopWritesAfterwardsIsNotHealedByAMachineThatComesLate() throws IOException {
        KeyBox laptop = new KeyBox(copied("laptop"), bucket, Optional.of(KeyBox.KEK));
        home.rewraps(bucket);
        laptop.puts("notion", "forged");
        builder.rewraps(bucket);

        assertThatThrownBy(() -> builder.box().reads("notion")).hasMessageContaining("which is not on the key ring");
        assertThatThrownBy(() -> home.box().reads("notion")).hasMessageContaining("which is not on the key ring");
    }

    @Test
    void oldRingThatTheLaptopPutsBackIsRefused() {
        byte[] before = ring();
        home.rewraps(bucket);
        bucket.putIf(
                RingMirror.KEY, before, bucket.get(RingMirror.KEY).orElseThrow().version());

        assertThat(home.box().keys.pull()).isInstanceOf(Pulled.Refused.class);
        assertThat(home.box().reads("notion")).isEqualTo("tokens of notion");
    }

    @Test
    void objectThatOpensForNobodyDoesNotKeepTheDoorOpen() throws IOException {
        bucket.putIfAbsent("grants/" + "0".repeat(32), "garbage".getBytes(UTF_8));
        Path laptop = copied("laptop");
        Changed shutOut = home.rewraps(bucket);

        assertThat(shutOut.removed()).hasSize(2);
        assertThat(shutOut.left()).singleElement().asString().contains("is not a sealed file of Vigil");
        assertNothingOpens(laptop);
    }

    @Test
    void diesAtAnyRequestAndIsDoneAgain() throws IOException {
        for (int step = 1; ; step++) {
            Machine machine = new Machine("at-" + step);
            machine.box().puts("step", "of " + step);
            Path laptop = copied("laptop-" + step, machine);
            boolean done = machine.isDone(step);
            assertThat(machine.vault().sharedSeal().hidden("notion")).isEqualTo(home.hidden());
            assertThat(machine.box().keys.pull()).as("step %d", step).isNotInstanceOf(Pulled.Refused.class);
            assertThat(machine.box().reads("notion")).isEqualTo("tokens of notion");
            machine.rewraps(bucket);
            assertNothingOpens(laptop);
            assertThat(machine.box().reads("notion")).isEqualTo("tokens of notion");
            assertThat(machine.box().reads("step")).isEqualTo("of " + step);
            if (done) {
                assertThat(step).isGreaterThan(8);
                return;
            }
            machine.rewrapsTo(OLD, bucket);
        }
    }

    private void assertNothingOpens(Path laptop) {
        SharedSeal copy = Vault.open(Home.below(laptop), Optional.of(() -> new Secret(KeyBox.KEK)))
                .sharedSeal();
        for (Entry entry : bucket.list("grants/")) {
            Stored stored = bucket.get(entry.key()).orElseThrow();
            String name = entry.key().substring("grants/".length());
            assertThatThrownBy(() -> copy.open("grant", name, stored.content(), entry.key()))
                    .isInstanceOf(VaultException.class);
        }
    }

    private Path copied(String name) throws IOException {
        return copied(name, builder);
    }

    /** All that a machine has on its disk. */
    private Path copied(String name, Machine machine) throws IOException {
        Path copy = folder.resolve(name);
        Home.below(copy).prepare();
        Files.copy(machine.place.resolve("keys/shared-ring.json"), copy.resolve("keys/shared-ring.json"));
        return copy;
    }

    private byte[] ring() {
        return bucket.get(RingMirror.KEY).orElseThrow().content();
    }

    private static KeyOrigin given(String key) {
        return new KeyOrigin.Given(() -> new Secret(key));
    }

    /** A home, and a config that names its key. */
    private final class Machine {
        final Path place;
        final AtomicReference<KeyOrigin> config = new AtomicReference<>(OLD);

        Machine(String name) {
            place = folder.resolve(name);
            box().keys.pull();
        }

        Vault vault() {
            return Vault.open(Home.below(place), config::get, TimeSource.system());
        }

        KeyBox box() {
            return new KeyBox(place, vault(), bucket);
        }

        String hidden() {
            return vault().sharedSeal().hidden("notion");
        }

        Changed rewraps(ObjectStore store) {
            return rewrapsTo(NEW, store);
        }

        Changed rewrapsTo(KeyOrigin next, ObjectStore store) {
            try (KekChange change = vault().changeKeyTo(next)) {
                SharedKeys keys = new SharedKeys(store, change.sharedSeal());
                keys.wrapTwice();
                change.wrapTwice(false);
                change.putFile();
                config.set(next);
                Changed changed = keys.shutOut();
                change.finish(Optional.empty());
                return changed;
            }
        }

        boolean isDone(int steps) {
            int[] requests = {0};
            try {
                rewraps(new BetweenStore(bucket, key -> {
                    if (++requests[0] == steps) {
                        throw new Died();
                    }
                }));
                return true;
            } catch (Died e) {
                return false;
            }
        }
    }
}
