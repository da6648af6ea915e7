// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.TimeSource;
import dev.vigil.sync.BucketProbe;
import dev.vigil.sync.EtagStyle;
import dev.vigil.sync.ObjectStore;
import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.ProbedStore.Versioning;
import dev.vigil.sync.S3Settings;
import dev.vigil.sync.S3Store;
import dev.vigil.sync.StoreContract;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A real store: what every store promises, and what a probe finds out about it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class CephIT extends StoreContract {
    private @Nullable CephGateway ceph;
    private @Nullable ObjectStore store;

    @BeforeAll
    void start() {
        CephGateway started = CephGateway.start();
        ceph = started;
        store = new S3Store(started.bucket("contract", false).withEtags(EtagStyle.UNQUOTED), TimeSource.system());
    }

    @AfterAll
    void stop() throws IOException {
        if (store != null) {
            store.close();
        }
        if (ceph != null) {
            ceph.close();
        }
    }

    @Override
    protected ObjectStore store() {
        return Objects.requireNonNull(store);
    }

    @Test
    void probeAcceptsItAndFindsThatTagsGoUnquoted() {
        ProbeVerdict verdict = probed(Objects.requireNonNull(ceph).bucket("plain", false));

        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.ACCEPTED);
        assertThat(verdict.etags()).isEqualTo(EtagStyle.UNQUOTED);
        assertThat(verdict.versioning()).isEqualTo(Versioning.OFF);
        assertThat(verdict.openness()).isEqualTo(Openness.CLOSED);
        assertThat(verdict.cleaned()).isTrue();
    }

    @Test
    void probeRefusesItWhereVersioningIsOn() {
        ProbeVerdict verdict = probed(Objects.requireNonNull(ceph).bucket("versioned", true));

        assertThat(verdict.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(verdict.versioning()).isEqualTo(Versioning.ENABLED);
        assertThat(verdict.reason()).contains("If-None-Match").contains("Versioning is switched on");
    }

    private static ProbeVerdict probed(S3Settings settings) {
        try (S3Store probed = new S3Store(settings, TimeSource.system())) {
            ProbeVerdict verdict = new BucketProbe(probed, TimeSource.system()).run();
            System.out.println(settings.bucket() + ": " + verdict);
            return verdict;
        }
    }
}
