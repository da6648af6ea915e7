// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.ProbedStore.Versioning;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps the verdict about a bucket true: it is found out once, again each week, and within the hour when the bucket has begun
 * or ceased to keep old versions. One thread at a time.
 */
public final class BucketProof {
    static final Duration AGAIN = Duration.ofDays(7);
    /** One request. */
    private static final Duration VERSIONING_AGAIN = Duration.ofHours(1);

    private final ProbedStore store;
    private final VerdictFile file;
    private final String place;
    private final TimeSource time;
    private Instant lookedAt;

    /** @param place which bucket, as the config names it */
    public BucketProof(ProbedStore store, VerdictFile file, String place, TimeSource time) {
        this.store = store;
        this.file = file;
        this.place = place;
        this.time = time;
        this.lookedAt = time.now().wall();
    }

    /** Empty while nobody has found out. */
    public Optional<ProbeVerdict> verdict() {
        return file.about(place);
    }

    /** What another machine found out about the same bucket. @throws VaultException when the disk refuses */
    public void take(ProbeVerdict found) {
        file.write(place, found);
    }

    /**
     * Finds out, and writes it down. Some seconds, and some 1600 requests.
     *
     * @throws StoreException when the bucket is not there or not well: then what was known goes on
     * @throws VaultException when the disk refuses
     */
    public ProbeVerdict run() {
        ProbeVerdict verdict = new BucketProbe(store, time).run();
        file.write(place, verdict);
        return verdict;
    }

    /** Finds out again where it is time, with rights that let the probe clean up behind itself. Throws like {@link #run}. */
    public Optional<ProbeVerdict> runIfDue() {
        return verdict().filter(known -> known.cleaned() && isDue(known)).map(known -> run());
    }

    private boolean isDue(ProbeVerdict known) {
        Instant now = time.now().wall();
        if (Duration.between(known.at(), now).abs().compareTo(AGAIN) >= 0) {
            return true;
        }
        if (Duration.between(lookedAt, now).abs().compareTo(VERSIONING_AGAIN) < 0) {
            return false;
        }
        lookedAt = now;
        Versioning versioning = store.versioning();
        return versioning != Versioning.UNKNOWN && versioning != known.versioning();
    }
}
