// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Timeline;
import dev.vigil.sync.ObjectStore.Absent;
import dev.vigil.sync.ProbeVerdict.Facts;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.ProbedStore.Versioning;
import dev.vigil.vault.SafeFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketProofTest {
    private static final String PLACE = "s3://team";

    private final Timeline time = new Timeline();
    private final TellingStore store = new TellingStore();
    private VerdictFile file;
    private BucketProof proof;

    @BeforeEach
    void folder(@TempDir Path folder) {
        file = new VerdictFile(folder.resolve("bucket.json"), SafeFiles.onDisk());
        proof = new BucketProof(store, file, PLACE, time);
    }

    @Test
    void nothingIsWrittenBeforeTheProofAndNothingIsReadAfterARefusal() {
        ProvenStore proven = new ProvenStore(store, proof::verdict);
        assertThat(proven.get("a")).isEmpty();
        assertThatThrownBy(() -> proven.putIfAbsent("a", new byte[] {1})).hasMessageContaining("vigil sync init");
        assertThat(proof.run().outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(proven.putIfAbsent("a", new byte[] {1})).isInstanceOf(ObjectStore.Written.class);
        proof.take(verdict(Outcome.READ_ONLY, true));
        assertThat(proven.get("a")).isPresent();
        assertThatThrownBy(() -> proven.putIfAbsent("b", new byte[] {1}))
                .hasMessageContaining("may only read it")
                .hasMessageContaining("readOnly: on");
        proof.take(verdict(Outcome.REFUSED, true));
        assertThatThrownBy(() -> proven.get("a")).hasMessageContaining("not fit");
    }

    @Test
    void verdictAboutAnotherBucketCountsForNothing() {
        proof.run();
        assertThat(new BucketProof(store, file, "s3://other", time).verdict()).isEmpty();
    }

    @Test
    void isFoundOutAgainEachWeek() {
        proof.run();
        time.advance(Duration.ofDays(6));
        assertThat(proof.runIfDue()).isEmpty();
        time.advance(Duration.ofDays(1));
        assertThat(proof.runIfDue()).isPresent();
        assertThat(proof.runIfDue()).isEmpty();
    }

    @Test
    void isFoundOutAgainWhenVersioningChangesAndAskedForThatOnceAnHour() {
        proof.run();
        store.versioning = Versioning.ENABLED;
        assertThat(proof.runIfDue()).isEmpty();
        time.advance(Duration.ofHours(1));
        assertThat(proof.runIfDue().orElseThrow().versioning()).isEqualTo(Versioning.ENABLED);
        int asked = store.asked;
        assertThat(proof.runIfDue()).isEmpty();
        assertThat(store.asked).isEqualTo(asked);
        store.versioning = Versioning.UNKNOWN;
        time.advance(Duration.ofHours(1));
        assertThat(proof.runIfDue()).as("it would not say").isEmpty();
    }

    @Test
    void machineThatMayNotDeleteLeavesItToOthers() {
        proof.take(verdict(Outcome.ACCEPTED, false));
        time.advance(Duration.ofDays(8));
        assertThat(proof.runIfDue()).isEmpty();
    }

    @Test
    void outageChangesNothing() {
        proof.run();
        time.advance(Duration.ofDays(8));
        store.memory.down(true);
        assertThatThrownBy(proof::runIfDue).isInstanceOf(StoreException.class);
        assertThat(proof.verdict().orElseThrow().isAccepted()).isTrue();
    }

    static ProbeVerdict verdict(Instant at) {
        return new ProbeVerdict(
                Outcome.ACCEPTED,
                "conditional writes hold",
                at,
                EtagStyle.QUOTED,
                Versioning.OFF,
                Openness.CLOSED,
                true,
                new Facts(32, 20, 20, 64, 0, Duration.ofSeconds(3)));
    }

    private ProbeVerdict verdict(Outcome outcome, boolean cleaned) {
        ProbeVerdict fine = verdict(time.now().wall());
        return new ProbeVerdict(
                outcome, "not fit", fine.at(), fine.etags(), fine.versioning(), fine.openness(), cleaned, fine.facts());
    }

    /** A store that keeps its word, and says of its versioning what a test likes. */
    private static final class TellingStore implements ProbedStore {
        final MemoryStore memory = new MemoryStore();
        Versioning versioning = Versioning.OFF;
        int asked;

        @Override
        public Versioning versioning() {
            asked++;
            return versioning;
        }

        @Override
        public Openness openness(String key) {
            return Openness.CLOSED;
        }

        @Override
        public ProbedStore speaking(EtagStyle style) {
            return this;
        }

        @Override
        public Optional<Stored> get(String key) {
            return memory.get(key);
        }

        @Override
        public Fetched getIfChanged(String key, Version known) {
            return memory.get(key).<Fetched>map(one -> one).orElseGet(Absent::new);
        }

        @Override
        public List<Entry> list(String prefix) {
            return memory.list(prefix);
        }

        @Override
        public PutOutcome put(String key, byte[] content, Optional<Version> over) {
            return memory.put(key, content, over);
        }

        @Override
        public void delete(String key) {
            memory.delete(key);
        }

        @Override
        public void close() {}
    }
}
