// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.auth.TimeSource;
import dev.vigil.sync.ProbeVerdict.Facts;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.ProbedStore.Versioning;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.sync.StrictS3.Op;
import dev.vigil.vault.Fields;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class BucketProbeTest {
    private final StrictS3 server = StrictS3.start();
    private final S3Store store = new S3Store(server.settings(), TimeSource.system());

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    private ProbeVerdict probed() {
        return new BucketProbe(store, TimeSource.system()).run();
    }

    @Test
    void strictStoreIsAccepted() {
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.ACCEPTED);
        assertThat(verdict.etags()).isEqualTo(EtagStyle.QUOTED);
        assertThat(verdict.versioning()).isEqualTo(Versioning.OFF);
        assertThat(verdict.openness()).isEqualTo(Openness.CLOSED);
        assertThat(verdict.facts()).returns(32, Facts::writers).returns(20, Facts::creations);
        assertThat(verdict.facts()).returns(20, Facts::replacements).returns(64, Facts::counted);
        assertThat(verdict.cleaned()).isTrue();
        assertThat(server.objects()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "IGNORES_CONDITIONS,             create-only writes (If-None-Match: *) are not honoured",
        "VERSIONED_IGNORES_CREATE_ONLY,  Versioning is switched on",
        "CHECKS_THEN_ACTS,               conditional writes (If-Match) do not hold",
        "STALE_READS,                    not",
        "STALE_LISTS,                    not in the listing at once",
    })
    void storeThatDoesNotHoldIsRefused(StrictMode mode, String reason) {
        server.modes().add(mode);
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(verdict.reason()).contains(reason);
    }

    @Test
    void lostUpdatesAreFoundByCountingToo() throws Exception {
        store.putIfAbsent("count", StoreContract.bytes("begin\n"));
        server.modes().add(StrictMode.CHECKS_THEN_ACTS);
        try (ProbeRaces races = new ProbeRaces(store)) {
            assertThatThrownBy(() -> races.allCount("count", 16, 4))
                    .isInstanceOf(ProbeRefused.class)
                    .hasMessageContaining("acknowledged and lost");
        }
    }

    @Test
    void tagsWithoutQuotesAreFoundOut() {
        server.modes().add(StrictMode.UNQUOTED_ETAGS);
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.ACCEPTED);
        assertThat(verdict.etags()).isEqualTo(EtagStyle.UNQUOTED);
    }

    @Test
    void versioningThatHoldsIsNoted() {
        server.modes().add(StrictMode.VERSIONED);

        assertThat(probed())
                .returns(Outcome.ACCEPTED, ProbeVerdict::outcome)
                .returns(Versioning.ENABLED, ProbeVerdict::versioning);
    }

    @Test
    void versioningThatIsKeptSecretIsUnknown() {
        server.modes().add(StrictMode.VERSIONING_DENIED);

        assertThat(probed().versioning()).isEqualTo(Versioning.UNKNOWN);
    }

    @Test
    void openBucketIsNoted() {
        server.modes().add(StrictMode.ANONYMOUS);

        assertThat(probed().openness()).isEqualTo(Openness.OPEN);
    }

    @Test
    void readOnlyCredentialsAreRecognised() {
        server.modes().add(StrictMode.READ_ONLY);
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).isEqualTo(Outcome.READ_ONLY);
        assertThat(server.traffic(Op.PUT).requests()).isEqualTo(1);
    }

    @Test
    void leftoversAreAdmitted() {
        server.modes().add(StrictMode.NO_DELETE);
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThat(verdict.cleaned()).isFalse();
        assertThat(server.objects().keySet()).isNotEmpty().allMatch(key -> key.startsWith("prod/probe/"));
    }

    /** Some real stores answer 500 under load, before or after the write. */
    @ParameterizedTest
    @EnumSource(names = {"FAIL_BEFORE", "FAIL_AFTER", "CONFLICT"})
    void unclearAnswersUnderLoadAreSettledByReading(StrictFault fault) {
        server.nextAfter(Op.PUT, 10, Collections.nCopies(60, fault));
        ProbeVerdict verdict = probed();

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.ACCEPTED);
        assertThat(verdict.facts().unclear() > 0).isEqualTo(fault != StrictFault.CONFLICT);
    }

    @Test
    void storeThatIsNotThereProvesNothing() {
        server.unplug();

        assertThat(catchThrowableOfType(StoreException.class, this::probed).kind())
                .isEqualTo(Kind.UNREACHABLE);
    }

    @Test
    void storeThatBreaksDuringTheProbeProvesNothing() {
        server.nextAfter(Op.PUT, 40, List.of(StrictFault.NO_BUCKET));

        assertThat(catchThrowableOfType(StoreException.class, this::probed).kind())
                .isEqualTo(Kind.NO_BUCKET);
    }

    @Test
    void folderIsAccepted(@TempDir Path folder) {
        FolderStore local = FolderStore.at(folder.resolve("bucket").toUri(), Duration.ofSeconds(30));
        ProbeVerdict verdict = new BucketProbe(local, TimeSource.system()).run();

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.ACCEPTED);
        assertThat(local.list("")).isEmpty();
    }

    @Test
    void verdictOfAReleaseOpensForEver() throws Exception {
        ProbeVerdict verdict = ProbeVerdict.fromJson(frozen());

        assertThat(verdict)
                .isEqualTo(new ProbeVerdict(
                        Outcome.ACCEPTED,
                        "conditional writes hold",
                        Instant.parse("2026-11-21T12:00:00.123456789Z"),
                        EtagStyle.UNQUOTED,
                        Versioning.OFF,
                        Openness.CLOSED,
                        true,
                        new Facts(32, 20, 20, 64, 3, Duration.ofMillis(4321))));
        assertThat(ProbeVerdict.fromJson(verdict.toJson())).isEqualTo(verdict);
        assertThat(new String(verdict.toJson(Fields.parse(frozen()).node()), StandardCharsets.UTF_8))
                .contains("fromLater");
    }

    @Test
    void verdictOfANewerVigilIsNotGuessedAt() throws Exception {
        String newer = new String(frozen(), StandardCharsets.UTF_8).replace("\"version\" : 1", "\"version\" : 2");

        assertThatThrownBy(() -> ProbeVerdict.fromJson(StoreContract.bytes(newer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("newer");
    }

    private static byte[] frozen() throws Exception {
        try (InputStream in = BucketProbeTest.class.getResourceAsStream("verdict-0.1.0.json")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }
}
