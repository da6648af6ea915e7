// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * New tokens that the disk did not take, in a process that is about to end: it alone holds them, and the old refresh token
 * is spent. So it stays and saves again until the disk takes them, or they are worth nothing any more.
 *
 * @param alarm told once, before the wait
 * @param pause waits a moment between two tries
 */
record Rescue(TokenVault vault, TimeSource time, Consumer<String> alarm, Runnable pause) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** For tokens that told no lifetime. */
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Empty once the tokens are saved; else why they are lost. */
    Optional<String> saved(Refreshed refreshed) {
        Optional<String> trouble = refreshed.unsaved();
        if (trouble.isEmpty()) {
            return trouble;
        }
        Grant grant = refreshed.grant();
        alarm.accept(grant.connector() + ": new tokens could not be saved (" + trouble.get()
                + "). Trying on until that works; if this process ends before, the login is lost.");
        Deadline end = end(grant);
        while (trouble.isPresent() && !end.isDue(time.now())) {
            pause.run();
            trouble = save(grant);
        }
        return trouble;
    }

    private Deadline end(Grant grant) {
        return grant.tokens()
                .expiresAt()
                .map(at -> Deadline.at(at, time.now()))
                .orElseGet(() -> Deadline.in(LONGEST, time.now()));
    }

    /** A logout or a login meanwhile is the last word. */
    private Optional<String> save(Grant grant) {
        try (TokenVault.Claim claim = vault.claim(grant.connector(), PATIENCE)) {
            Optional<Grant> stored = vault.load(grant.connector());
            if (stored.isPresent() && grant.supersedes(stored.get())) {
                vault.save(grant);
                vault.clearIntent(grant.connector());
            }
            return Optional.empty();
        } catch (VaultException e) {
            return Optional.of(e.getMessage());
        }
    }
}
