// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SyncRound.Outcome;
import dev.vigil.vault.Home;
import dev.vigil.vault.SafeFiles;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two machines with homes of their own and one key-encryption key. */
class SharingTest {
    private static final String KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private static final List<Connector> NOTION = List.of(Connector.oauth("notion", Grants.SERVER));

    @TempDir
    private Path folder;

    private final MemoryStore store = new MemoryStore();
    private final Timeline time = new Timeline();
    private Box laptop;
    private Box cloud;

    @BeforeEach
    void machines() {
        laptop = new Box("laptop", KEY);
        cloud = new Box("cloud", KEY);
    }

    /** A machine. */
    private final class Box implements Heartbeats {
        final Vault vault;
        final Sharing sharing;
        final List<SharedStep> story = new ArrayList<>();
        private final Map<String, Instant> beats = new HashMap<>();

        Box(String name, String key) {
            this(name, key, true, false);
        }

        Box(String name, String key, boolean mayWrite, boolean alone) {
            Home home = Home.below(folder.resolve(name));
            vault = Vault.open(home, Optional.of(() -> new Secret(key)));
            SafeFiles files = SafeFiles.onDisk();
            sharing = new Sharing(
                    store,
                    vault.sharedSeal(),
                    vault.grants(),
                    new SharingBook(home.shared(), files),
                    (connector, patience) -> () -> {},
                    new Sharing.Settings(new MachineFile(home.machine(), files).self(name, "host"), mayWrite, alone),
                    this,
                    time,
                    story::add);
        }

        SyncRound syncs() {
            return sharing.round(NOTION);
        }

        Grant logsIn() {
            Grant grant = Grants.of(
                    "notion",
                    sharing.highestEpoch("notion") + 1,
                    1,
                    time.now().wall(),
                    Optional.of(Duration.ofHours(1)),
                    Optional.of(new Secret("refresh")));
            vault.grants().save(grant);
            return grant;
        }

        Grant holds() {
            return vault.grants().load("notion").orElseThrow();
        }

        @Override
        public void completed(String connector, Instant at) {
            beats.put(connector, at);
        }

        @Override
        public Optional<Instant> last(String connector) {
            return Optional.ofNullable(beats.get(connector));
        }
    }

    @Test
    void machineWithAnotherKeyReadsNothingAndSaysSo() {
        laptop.logsIn();
        laptop.syncs();
        Box stranger = new Box("stranger", KEY.replace('0', 'f'));
        SyncRound round = stranger.syncs();
        assertThat(round.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(round.reason().orElseThrow()).contains("key-encryption key");
        assertThat(stranger.sharing.whyNotHere("notion")).isPresent();
        assertThat(stranger.vault.grants().load("notion")).isEmpty();
        assertThat(store.writes())
                .as("nothing of the stranger's")
                .hasSameSizeAs(store.copy().keySet());
    }

    @Test
    void machineWithARingOfItsOwnLeavesNoVerdictInABucketThatItCannotRead() {
        laptop.syncs();
        Map<String, ObjectStore.Stored> before = store.copy();
        Box stranger = new Box("stranger", KEY.replace('0', 'f'));
        new SharedKeys(new MemoryStore(), stranger.vault.sharedSeal()).pull();
        ProbeVerdict fit = new ProbeVerdict(
                ProbeVerdict.Outcome.ACCEPTED,
                "20 rounds",
                time.now().wall(),
                EtagStyle.QUOTED,
                ProbedStore.Versioning.OFF,
                ProbedStore.Openness.CLOSED,
                true,
                new ProbeVerdict.Facts(32, 20, 20, 640, 0, Duration.ofSeconds(4)));
        stranger.sharing.shareVerdict("s3://team/prod", fit);
        assertThat(store.copy().keySet()).isEqualTo(before.keySet());
        laptop.sharing.shareVerdict("s3://team/prod", fit);
        assertThat(cloud.sharing.sharedVerdict("s3://team/prod")).contains(fit);
    }

    @Test
    void pageThatSomebodySpoiltIsMissedByNobodyAndWrittenAnew() {
        laptop.syncs();
        String place = store.copy().keySet().stream()
                .filter(key -> key.startsWith("machines/"))
                .findFirst()
                .orElseThrow();
        store.plant(place, new byte[] {1, 2, 3});
        cloud.syncs();
        assertThat(cloud.sharing.machines())
                .extracting(page -> page.machine().name())
                .containsExactly("cloud");
        laptop.logsIn();
        laptop.syncs();
        assertThat(cloud.sharing.machines())
                .extracting(page -> page.machine().name())
                .containsExactlyInAnyOrder("cloud", "laptop");
    }

    @Test
    void machineThatOnlyReadsAdoptsAndSpendsNothing() {
        laptop.logsIn();
        laptop.syncs();
        Box reader = new Box("reader", KEY, false, false);
        reader.syncs();
        var before = store.copy();
        Refresher never = (held, terms) -> {
            throw new AssertionError("the server is asked");
        };
        assertThat(reader.sharing.over(never).refresh(reader.holds()))
                .isInstanceOfSatisfying(
                        Unreachable.class, no -> assertThat(no.reason()).contains("only reads the bucket"));
        assertThat(reader.sharing.takeOver(never, reader.holds())).isInstanceOf(Unreachable.class);

        Grant renewed = Grants.renewed(laptop.holds(), time.now().wall());
        laptop.vault.grants().save(renewed);
        laptop.syncs();
        var now = store.copy();
        assertThat(reader.sharing.over(never).refresh(reader.holds())).isInstanceOf(Adopted.class);
        assertThat(reader.holds().tokens().generation()).isEqualTo(2);
        assertThat(store.copy()).isEqualTo(now).isNotEqualTo(before);
    }

    @Test
    void refreshWithoutTheBucketIsAPersonsWishAndStandsInTheStory() {
        Box bold = new Box("bold", KEY, true, true);
        Grant grant = bold.logsIn();
        bold.syncs();
        store.down(true);
        Refresher server = (held, terms) -> new Unanswered("asked", Optional.empty(), false);
        assertThat(bold.sharing.over(server).refresh(grant)).isInstanceOf(Unanswered.class);
        assertThat(bold.story)
                .last()
                .satisfies(step -> assertThat(step.why().orElseThrow()).contains("whenUnreachable: refresh"));
    }

    /** It is nobody else's, and nobody else can renew it. */
    @Test
    void loginOfItsOwnIsRenewedByAMachineThatOnlyReads() {
        Box reader = new Box("reader", KEY, false, false);
        Grant own = reader.logsIn();
        Refresher server = (held, terms) -> new Unanswered("asked", Optional.empty(), false);
        assertThat(reader.sharing.over(server).refresh(own)).isInstanceOf(Unanswered.class);
    }

    @Test
    void keyThatCannotBeHadFailsTheRoundAndNothingElse() {
        laptop.syncs();
        Box careless = new Box("careless", "not a key");
        SyncRound round = careless.syncs();
        assertThat(round.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(round.reason().orElseThrow()).contains("key-encryption key").doesNotContain("not a key");
    }

    @Test
    void bucketThatCannotBeReadIsAReasonNotToLogIn() {
        assertThat(laptop.syncs().outcome()).isEqualTo(Outcome.ATTEMPTED);
        assertThat(laptop.sharing.whyNotHere("notion")).isEmpty();
        store.down(true);
        laptop.syncs();
        assertThat(laptop.sharing.whyNotHere("notion").orElseThrow()).contains("the bucket does not answer");
        store.down(false);
        laptop.syncs();
        assertThat(laptop.sharing.whyNotHere("notion")).isEmpty();
    }

    @Test
    void loginOnAnotherMachineCountsAfterTheFirst() {
        assertThat(laptop.logsIn().epoch()).isEqualTo(1);
        laptop.syncs();
        assertThat(cloud.logsIn().epoch()).as("as the bucket says").isEqualTo(2);
        cloud.syncs();
        laptop.syncs();
        assertThat(laptop.holds().epoch()).isEqualTo(2);
    }

    @Test
    void personDecidesForTheLoginHere() {
        twoLogins();
        assertThat(cloud.sharing.twoLogins().keepOurs("notion")).isTrue();
        laptop.syncs();
        assertThat(laptop.holds().loggedInAt()).isEqualTo(cloud.holds().loggedInAt());
        assertThat(cloud.sharing.twoLogins().keepOurs("notion"))
                .as("decided already")
                .isFalse();
    }

    @Test
    void personDecidesForTheLoginThere() {
        Instant kept = twoLogins();
        assertThat(cloud.sharing.twoLogins().keepTheirs("notion")).isTrue();
        assertThat(cloud.holds().loggedInAt()).isEqualTo(kept);
        assertThat(cloud.syncs().steps()).isEmpty();
    }

    @Test
    void storyOfALoginIsToldByAllMachines() {
        laptop.logsIn();
        laptop.syncs();
        time.advance(Duration.ofMinutes(1));
        cloud.syncs();
        laptop.syncs();
        List<ToldStep> told = laptop.sharing.machines().stream()
                .flatMap(page -> page.story().stream())
                .toList();
        assertThat(told)
                .extracting(step -> step.machine() + " " + step.step().what())
                .containsExactlyInAnyOrder("laptop PUSHED", "cloud ADOPTED");
        SharedView view = cloud.sharing.view("notion").orElseThrow();
        assertThat(view.writer()).isEqualTo("laptop");
        assertThat(view.openOf()).isEmpty();
    }

    @Test
    void daemonOfAnotherMachineIsHeardOf() {
        laptop.completed("notion", time.now().wall());
        laptop.logsIn();
        laptop.syncs();
        assertThat(cloud.sharing.isTendedElsewhere("notion")).isTrue();
        assertThat(laptop.sharing.isTendedElsewhere("notion"))
                .as("not by itself")
                .isFalse();
        assertThat(cloud.sharing.isTendedElsewhere("linear")).isFalse();
        time.advance(Duration.ofMinutes(8));
        assertThat(cloud.sharing.isTendedElsewhere("notion")).isFalse();
        laptop.syncs();
        assertThat(cloud.sharing.isTendedElsewhere("notion"))
                .as("it syncs, but its loop is stuck")
                .isFalse();
        laptop.completed("notion", time.now().wall());
        time.advance(Duration.ofMinutes(6));
        laptop.completed("notion", time.now().wall());
        laptop.syncs();
        assertThat(cloud.sharing.isTendedElsewhere("notion")).isTrue();
    }

    @Test
    void oneMachineFindsOutForAll() {
        laptop.syncs();
        ProbeVerdict verdict = BucketProofTest.verdict(time.now().wall());
        laptop.sharing.shareVerdict("s3://team", verdict);
        cloud.syncs();
        assertThat(cloud.sharing.sharedVerdict("s3://team")).contains(verdict);
        assertThat(cloud.sharing.sharedVerdict("s3://copy-of-team"))
                .as("of another store")
                .isEmpty();
    }

    @Test
    void copiedHomeIsAnotherMachine() {
        MachineFile file = new MachineFile(Home.below(folder.resolve("laptop")).machine(), SafeFiles.onDisk());
        Machine here = file.self("laptop", "host");
        assertThat(file.self("renamed", "host")).isEqualTo(new Machine(here.id(), "renamed"));
        assertThat(file.self("laptop", "other host").id()).isNotEqualTo(here.id());
    }

    /** Neither knew of the other. When the one in the bucket was made. */
    private Instant twoLogins() {
        Grant first = laptop.logsIn();
        time.advance(Duration.ofSeconds(3));
        cloud.logsIn();
        laptop.syncs();
        assertThat(cloud.syncs().steps()).extracting(SharedStep::what).containsExactly(What.TWO_LOGINS);
        return first.loggedInAt();
    }

    @Test
    void nothingToDecideIsSaid() {
        laptop.logsIn();
        laptop.syncs();
        assertThat(laptop.sharing.twoLogins().keepTheirs("notion")).isFalse();
        store.down(true);
        assertThatThrownBy(() -> laptop.sharing.twoLogins().keepOurs("notion")).isInstanceOf(StoreException.class);
    }
}
