// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedStep.What;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes what this machine holds to the bucket. That it is shared is in the {@link SharingBook} before. */
record Push(SharedVault bucket, SharingBook book, Machine self, TimeSource time, Consumer<SharedStep> story) {
    /** Long enough for another machine that holds a newer token to bring it back with its next round. */
    static final Duration REST = Duration.ofMinutes(1);

    /**
     * Over the version that was seen there, or as the first.
     *
     * @return empty when it does not stand there: somebody else was first, the bucket gave no answer, or our disk refused.
     *     What could not be pushed stays on our disk, and is tried again
     */
    Optional<Version> grant(Grant grant, Optional<Version> over) {
        try {
            book.shared(grant);
            return state(SharedState.of(grant, self, now()), over, SharedStep.of(grant, What.PUSHED));
        } catch (StoreException | VaultException e) {
            story.accept(SharedStep.of(grant, What.NOT_PUSHED).because(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** That the login of epoch {@code ended} is over. Throws like {@link SharedVault}. */
    Optional<Version> logout(SharedState standing, long ended, Version over) {
        SharedState tombstone = standing.loggedOut(ended, self, now());
        return state(tombstone, Optional.of(over), SharedStep.of(tombstone, What.BURIED));
    }

    private Optional<Version> state(SharedState next, Optional<Version> over, SharedStep done) {
        Optional<Version> version = bucket.put(next, over);
        version.ifPresent(any -> {
            book.seen(next, now());
            story.accept(done);
        });
        return version;
    }

    /** The bucket shows less of a connector than it has shown before. */
    void lost(String connector) {
        book.lost(connector, time.now().monotonic());
    }

    /** How long nothing is to be sent yet, since the bucket has lost something; empty when it may be. */
    Optional<Duration> restLeft(String connector) {
        return book.lostAt(connector)
                .map(at -> at.plus(REST).minus(time.now().monotonic()))
                .filter(left -> left.compareTo(Duration.ZERO) > 0);
    }

    private Instant now() {
        return time.now().wall();
    }
}
