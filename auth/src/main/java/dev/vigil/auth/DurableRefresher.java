// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.util.Optional;

/**
 * One process at a time, and nothing lost in a crash. In order: lock, read again and adopt what is newer, intent on disk,
 * send, save, clear the intent, unlock. The refresh token that the server holds live is on disk before anyone sees the
 * access token that came with it.
 */
public final class DurableRefresher implements Refresher {
    /** Longer than a whole refresh elsewhere may take, so that we adopt its result instead of failing. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);

    private final TokenVault vault;
    private final Refresher inner;
    private final RefreshPolicy policy;
    private final TimeSource time;

    public DurableRefresher(TokenVault vault, Refresher inner, RefreshPolicy policy, TimeSource time) {
        this.vault = vault;
        this.inner = inner;
        this.policy = policy;
        this.time = time;
    }

    @Override
    public RefreshOutcome refresh(Grant held) {
        try (TokenVault.Claim claim = vault.claim(held.connector(), LOCK_PATIENCE)) {
            return claimed(held);
        } catch (VaultException e) {
            // Everything that can throw here does so before the refresh token is sent: saving afterwards is caught
            // below.
            return new Unreachable(FailureCategory.STORAGE, e.getMessage(), Optional.empty());
        }
    }

    private RefreshOutcome claimed(Grant held) {
        Optional<Grant> stored = vault.load(held.connector());
        if (stored.isEmpty()) {
            return new Unreachable(FailureCategory.STORAGE, "logged out meanwhile", Optional.empty());
        }
        if (stored.get().supersedes(held)) {
            return new Adopted(stored.get());
        }
        if (held.supersedes(stored.get())) {
            vault.save(held); // an earlier save failed; nothing new is spent until this one succeeds
        } else if (stored.get().refusal().isPresent()) {
            return new Rejected(stored.get(), stored.get().refusal().get().oauthError());
        }
        vault.writeIntent(held);
        return saved(inner.refresh(held), held);
    }

    private RefreshOutcome saved(RefreshOutcome outcome, Grant held) {
        if (outcome instanceof Refreshed refreshed) {
            Grant planned = policy.planned(refreshed.grant(), time.now());
            return new Refreshed(planned, save(planned));
        }
        if (outcome instanceof Rejected rejected) {
            save(rejected.grant()); // if this fails, the server is asked once more after a restart: no harm
            return rejected;
        }
        if (outcome instanceof Unreachable) {
            clearIntent(held.connector());
        }
        return outcome; // Unanswered leaves its intent behind: it is the evidence
    }

    /** Saves and clears the intent; what went wrong, if anything did. */
    private Optional<String> save(Grant grant) {
        try {
            vault.save(grant);
        } catch (VaultException e) {
            return Optional.of(e.getMessage());
        }
        clearIntent(grant.connector());
        return Optional.empty();
    }

    private void clearIntent(String connector) {
        try {
            vault.clearIntent(connector);
        } catch (VaultException e) {
            // A stale intent costs one careful start; the tokens are safe either way.
        }
    }
}
