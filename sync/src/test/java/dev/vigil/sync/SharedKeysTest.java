// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.SharedKeys.Changed;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.vault.HeldRing;
import dev.vigil.vault.Home;
import dev.vigil.vault.KeyOrigin;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key ring in the bucket: who makes it, who follows, and what is never followed. */
class SharedKeysTest {
    @TempDir
    Path folder;

    private final MemoryStore bucket = new MemoryStore();

    @Test
    void firstMachineMakesTheRingAndTheNextOneTakesIt() {
        KeyBox laptop = box("laptop");
        KeyBox builder = box("builder");

        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Made());
        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Current());
        laptop.puts("notion", "tokens");
        assertThat(builder.reads("notion")).isEqualTo("tokens");
    }

    @Test
    void raceForTheFirstRingEndsWithOne() {
        KeyBox laptop = box("laptop");
        KeyBox builder = box("builder");
        int[] requests = {0};
        laptop.store.between(key -> {
            if (++requests[0] == 2) { // the first was the look, the second is the write
                assertThat(builder.keys.pull()).isEqualTo(new Pulled.Made());
            }
        });

        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(laptop.primary()).isEqualTo(builder.primary());
    }

    @Test
    void firstRingWhoseAnswerWasLostIsTheOneThatCounts() {
        KeyBox laptop = box("laptop");
        bucket.loseNextAnswer();

        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Made());
        assertThat(box("builder").keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(bucket.writes()).containsExactly(RingMirror.KEY);
    }

    @Test
    void machineWithAnotherKeyReadsNothingAndIsToldWhatHelps() {
        KeyBox laptop = joined("laptop");
        laptop.puts("notion", "tokens");
        KeyBox stranger = new KeyBox(folder.resolve("stranger"), bucket, Optional.of("22".repeat(32)));

        assertThat(stranger.keys.pull())
                .asInstanceOf(InstanceOfAssertFactories.type(Pulled.Refused.class))
                .extracting(Pulled.Refused::why)
                .asString()
                .contains("whose newest key was made "
                        + laptop.keys.held().orElseThrow().created().truncatedTo(ChronoUnit.SECONDS) + ",")
                .contains("and the one here (named in the config) is another")
                .contains("here vigil keys import FILE; or name the same one under keys: in the config")
                .doesNotContain(KeyBox.KEK, "22".repeat(32));
        assertThatThrownBy(() -> stranger.seal.hidden("notion")).isInstanceOf(VaultException.class);
        assertThat(stranger.ringFile()).doesNotExist();
    }

    @Test
    void machineWithoutAKeyMakesNoneWhereTheBucketHasARing() {
        box("laptop").keys.pull();
        KeyBox fresh = new KeyBox(folder.resolve("fresh"), bucket, Optional.empty());

        assertThat(fresh.keys.pull())
                .asInstanceOf(InstanceOfAssertFactories.type(Pulled.Refused.class))
                .extracting(Pulled.Refused::why)
                .asString()
                .contains("and this machine has none yet");
        assertThat(fresh.home.resolve("keys/kek")).doesNotExist();
    }

    @Test
    void whereTheKeyIsOnEachMachineDoesNotMatter() throws IOException {
        KeyBox laptop = new KeyBox(folder.resolve("laptop"), bucket, Optional.empty());
        laptop.keys.pull();
        laptop.puts("notion", "tokens");
        String key = Files.readString(laptop.home.resolve("keys/kek"));
        KeyBox builder = new KeyBox(folder.resolve("builder"), bucket, Optional.of(key));

        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(builder.reads("notion")).isEqualTo("tokens");
        builder.keys.rotate();
        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(laptop.reads("notion")).isEqualTo("tokens");
    }

    @Test
    void onePassphraseOnTwoMachinesIsEnough() {
        KeyBox laptop = worded("laptop", "correct horse battery staple");
        KeyBox builder = worded("builder", "correct horse battery staple");
        laptop.keys.pull();
        laptop.puts("notion", "tokens");

        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(builder.reads("notion")).isEqualTo("tokens");
        assertThat(worded("stranger", "another horse battery").keys.pull()).isInstanceOf(Pulled.Refused.class);
        assertThat(box("keyed").keys.pull())
                .asInstanceOf(InstanceOfAssertFactories.type(Pulled.Refused.class))
                .extracting(Pulled.Refused::why)
                .asString()
                .contains("a passphrase on the machine that wrote it");
    }

    /** A machine with another key may have left it there, and no command of ours could put it right. */
    @Test
    void evidenceThatDoesNotOpenIsInNobodysWay() {
        KeyBox laptop = joined("laptop");
        laptop.puts("notion", "tokens");
        MemoryStore elsewhere = new MemoryStore();
        KeyBox stranger = new KeyBox(folder.resolve("stranger"), elsewhere, Optional.of("22".repeat(32)));
        stranger.keys.pull();
        byte[] foreign = stranger.seal.seal("verdict", "ab".repeat(16), "fit".getBytes(UTF_8));
        for (String kind : List.of("verdict", "machine")) {
            bucket.plant(SealedObjects.key(kind, "ab".repeat(16)), foreign);
        }
        Changed rotation = laptop.keys.rotate();
        assertThat(rotation.left()).isEmpty();
        assertThat(rotation.leftOut()).hasSize(2).allMatch(message -> message.contains("s/" + "ab".repeat(16)));
        assertThat(laptop.keys.retire().removed()).hasSize(1);
        assertThat(laptop.reads("notion")).isEqualTo("tokens");

        bucket.plant(SealedObjects.key("lease", "ab".repeat(16)), foreign);
        laptop.keys.rotate();
        Changed refused = laptop.keys.retire();
        assertThat(refused.removed()).as("what a turn rests on is no evidence").isEmpty();
        assertThat(refused.left()).hasSize(1);
    }

    @Test
    void rotationSealsEverythingAnewAndTheOthersFollow() {
        KeyBox laptop = joined("laptop");
        KeyBox builder = joined("builder");
        laptop.puts("notion", "one");
        laptop.puts("linear", "two");
        long old = laptop.primary();
        Changed rotation = laptop.keys.rotate();

        assertThat(rotation.primary()).isEqualTo(laptop.primary()).isNotEqualTo(old);
        assertThat(rotation.sealedAnew()).isEqualTo(2);
        assertThat(rotation.left()).isEmpty();
        builder.puts("sentry", "three"); // not yet aware of it, and no harm done
        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(laptop.reads("sentry")).isEqualTo("three");
        assertThat(builder.reads("notion")).isEqualTo("one");
        assertThat(builder.revision()).isEqualTo(2);
    }

    @Test
    void rotationWhoseAnswerWasLostIsNotMadeTwice() {
        KeyBox laptop = joined("laptop");
        bucket.loseNextAnswer();
        laptop.keys.rotate();

        assertThat(laptop.revision()).isEqualTo(2);
        assertThat(laptop.keys.held().orElseThrow().keyIds()).hasSize(2);
    }

    @Test
    void twoRotationsAtOnceAreBothKept() {
        KeyBox laptop = joined("laptop");
        KeyBox builder = joined("builder");
        rotatesBeforeTheWriteOf(laptop, builder);
        laptop.keys.rotate();

        assertThat(laptop.revision()).isEqualTo(3);
        assertThat(laptop.keys.held().orElseThrow().keyIds())
                .hasSize(3)
                .contains(builder.primary())
                .last()
                .isEqualTo(laptop.primary());
    }

    @Test
    void loserOfARaceToRotateWhatIsOldAcceptsTheWinnersKey() {
        KeyBox laptop = joined("laptop");
        KeyBox builder = joined("builder");
        long old = laptop.primary();
        rotatesBeforeTheWriteOf(laptop, builder);

        assertThat(laptop.keys.rotateIf(held -> held.primary() == old)).isEmpty();
        assertThat(laptop.primary()).isEqualTo(builder.primary());
        assertThat(laptop.keys.held().orElseThrow().keyIds()).hasSize(2);
    }

    @Test
    void olderRingIsNoticedAndTheNewestPutBack() {
        KeyBox laptop = joined("laptop");
        Stored old = at(RingMirror.KEY);
        laptop.keys.rotate();
        replace(old.content());

        assertThat(laptop.keys.pull())
                .isEqualTo(new Pulled.RolledBack(
                        "The key ring in the bucket is not the newest: it is revision 1, and revision 2 has been seen here.",
                        true));
        assertThat(box("builder").keys.pull()).isEqualTo(new Pulled.Taken(0));
        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Current());
    }

    @Test
    void olderRingIsNotAcceptedByWhoCannotWriteEither() {
        KeyBox laptop = joined("laptop");
        Stored old = at(RingMirror.KEY);
        laptop.keys.rotate();
        replace(old.content());
        KeyBox reader = laptop.restarted(bucket);
        int[] requests = {0};
        reader.store.between(key -> {
            if (++requests[0] == 2) {
                throw new StoreException(StoreException.Kind.FORBIDDEN, false, "may not write");
            }
        });

        assertThat(reader.keys.pull())
                .asInstanceOf(InstanceOfAssertFactories.type(Pulled.RolledBack.class))
                .returns(false, Pulled.RolledBack::restored);
        assertThat(reader.revision()).isEqualTo(2);
    }

    @Test
    void whatWasNoticedInPassingIsToldByTheNextLook() {
        KeyBox laptop = joined("laptop");
        bucket.delete(RingMirror.KEY);
        laptop.keys.rotate();

        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.RolledBack("The bucket has no key ring any more.", true));
        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Current());
    }

    @Test
    void changedRingIsNotAcceptedWhateverWasChanged() {
        KeyBox laptop = joined("laptop");
        laptop.keys.rotate();
        String ring = new String(at(RingMirror.KEY).content(), UTF_8);
        Map<String, String> edits = Map.of(
                "\"revision\" : 2", "\"revision\" : 9",
                "\"shutOut\" : 0", "\"shutOut\" : 1",
                "\"created\" : \"2", "\"created\" : \"1",
                "\"encryptedKeyset\" : \"", "\"encryptedKeyset\" : \"AAAA",
                "{", "");
        edits.forEach((from, to) -> {
            assertThat(ring).contains(from);
            replace(ring.replaceFirst(Pattern.quote(from), to).getBytes(UTF_8));
            assertThat(laptop.keys.pull())
                    .as(from)
                    .asInstanceOf(InstanceOfAssertFactories.type(Pulled.RolledBack.class))
                    .returns(true, Pulled.RolledBack::restored)
                    .extracting(Pulled.RolledBack::why)
                    .asString()
                    .contains("it is damaged: ");
            assertThat(at(RingMirror.KEY).content()).isEqualTo(ring.getBytes(UTF_8));
        });
        assertThat(laptop.revision()).isEqualTo(2);
    }

    @Test
    void ringOfAnotherVaultIsRefused() {
        KeyBox laptop = joined("laptop");
        laptop.puts("notion", "tokens");
        MemoryStore other = new MemoryStore();
        KeyBox elsewhere = new KeyBox(folder.resolve("elsewhere"), other, Optional.of(KeyBox.KEK));
        elsewhere.keys.pull();
        byte[] foreign = other.get(RingMirror.KEY).orElseThrow().content();
        replace(foreign);

        assertThat(laptop.keys.pull())
                .asInstanceOf(InstanceOfAssertFactories.type(Pulled.Refused.class))
                .extracting(Pulled.Refused::why)
                .asString()
                .contains("belongs to another vault (")
                .contains("so nothing there is used");
        assertThat(laptop.reads("notion")).isEqualTo("tokens");
        assertThat(at(RingMirror.KEY).content()).isEqualTo(foreign);
        assertThatThrownBy(laptop.keys::rotate).hasMessageContaining("belongs to another vault");
    }

    @Test
    void objectOfAnotherVaultOrNameDoesNotOpen() {
        KeyBox laptop = joined("laptop");
        laptop.puts("notion", "tokens");
        laptop.puts("linear", "tokens");
        String notion = "grants/" + laptop.seal.hidden("notion");
        String linear = "grants/" + laptop.seal.hidden("linear");
        byte[] moved = at(notion).content();
        bucket.putIf(linear, moved, at(linear).version());
        assertThatThrownBy(() -> laptop.reads("linear")).hasMessageContaining("was moved");

        MemoryStore other = new MemoryStore();
        KeyBox elsewhere = new KeyBox(folder.resolve("elsewhere"), other, Optional.of(KeyBox.KEK));
        elsewhere.keys.pull();
        other.putIfAbsent("grants/" + elsewhere.seal.hidden("notion"), moved);
        assertThatThrownBy(() -> elsewhere.reads("notion")).hasMessageContaining("was sealed by another vault");
    }

    @Test
    void ringsThatGrewFromOneStateBecomeOneAndNothingIsLost() {
        KeyBox laptop = joined("laptop");
        Stored before = at(RingMirror.KEY);
        laptop.keys.rotate();
        laptop.puts("notion", "of the laptop");
        replace(before.content());
        KeyBox builder = box("builder"); // has never seen the newer one
        builder.keys.pull();
        builder.keys.rotate();
        builder.puts("linear", "of the builder");

        laptop.keys.pull();
        builder.keys.pull();
        laptop.keys.pull();
        assertThat(laptop.primary()).isEqualTo(builder.primary());
        assertThat(laptop.revision()).isEqualTo(builder.revision());
        for (KeyBox box : new KeyBox[] {laptop, builder}) {
            assertThat(box.reads("notion")).isEqualTo("of the laptop");
            assertThat(box.reads("linear")).isEqualTo("of the builder");
        }
        assertThat(laptop.keys.pull()).isEqualTo(new Pulled.Current());
        assertThat(builder.keys.pull()).isEqualTo(new Pulled.Current());
    }

    @Test
    void retirementSealsFirstAndThenDropsTheOldKeys() {
        KeyBox laptop = joined("laptop");
        KeyBox builder = joined("builder");
        laptop.puts("notion", "one");
        laptop.keys.rotate();
        builder.puts("linear", "two"); // under the old key still
        long old = builder.primary();
        Changed retirement = laptop.keys.retire();

        assertThat(retirement.removed()).containsExactly(old);
        assertThat(retirement.sealedAnew()).isEqualTo(1);
        assertThat(laptop.keys.held().map(HeldRing::keyIds).orElseThrow()).containsExactly(laptop.primary());
        assertThat(laptop.reads("linear")).isEqualTo("two");
        assertThat(laptop.keys.retire().removed()).isEmpty();
    }

    @Test
    void damagedObjectForbidsARetirement() {
        KeyBox laptop = joined("laptop");
        laptop.puts("notion", "one");
        String key = "grants/" + laptop.seal.hidden("notion");
        Stored whole = at(key);
        byte[] cut = Arrays.copyOf(whole.content(), whole.content().length - 1);
        bucket.putIf(key, cut, whole.version());
        laptop.keys.rotate();
        Changed retirement = laptop.keys.retire();

        assertThat(retirement.removed()).isEmpty();
        assertThat(retirement.left()).singleElement().asString().contains(key + " was cut short");
        assertThat(laptop.keys.held().orElseThrow().keyIds()).hasSize(2);
    }

    @Test
    void whatALaggardSealsAfterARetirementIsHealedByItself() {
        KeyBox laptop = joined("laptop");
        KeyBox laggard = joined("laggard");
        laptop.keys.rotate();
        laptop.keys.retire();
        laggard.puts("notion", "late");
        assertThatThrownBy(() -> laptop.reads("notion")).hasMessageContaining("which is not on the key ring");

        assertThat(laggard.keys.pull()).isEqualTo(new Pulled.Taken(1));
        assertThat(laptop.reads("notion")).isEqualTo("late");
        assertThat(laggard.reads("notion")).isEqualTo("late");
    }

    @Test
    void healingThatFailsIsDoneByTheNextLook() {
        KeyBox laptop = joined("laptop");
        KeyBox laggard = joined("laggard");
        laptop.keys.rotate();
        laptop.keys.retire();
        laggard.puts("notion", "late");
        laggard.store.between(key -> bucket.down(key.startsWith("grants/")));
        assertThatThrownBy(laggard.keys::pull).isInstanceOf(StoreException.class);
        bucket.down(false);
        laggard.store.between(key -> {});

        assertThat(laggard.restarted(bucket).keys.pull()).isEqualTo(new Pulled.Taken(1));
        assertThat(laptop.reads("notion")).isEqualTo("late");
    }

    private static void rotatesBeforeTheWriteOf(KeyBox one, KeyBox other) {
        int[] requests = {0};
        one.store.between(key -> {
            if (++requests[0] == 2) {
                other.keys.rotate();
            }
        });
    }

    private void replace(byte[] ring) {
        bucket.putIf(RingMirror.KEY, ring, at(RingMirror.KEY).version());
    }

    private Stored at(String key) {
        return bucket.get(key).orElseThrow();
    }

    private KeyBox worded(String name, String passphrase) {
        KeyOrigin origin = new KeyOrigin.Passphrase(() -> new Secret(passphrase));
        Path home = folder.resolve(name);
        return new KeyBox(home, Vault.open(Home.below(home), () -> origin, TimeSource.system()), bucket);
    }

    /** A machine that has the ring. */
    private KeyBox joined(String name) {
        KeyBox box = box(name);
        box.keys.pull();
        return box;
    }

    private KeyBox box(String name) {
        return new KeyBox(folder.resolve(name), bucket, Optional.of(KeyBox.KEK));
    }
}
