// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.Origin;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.TokenVault;
import java.time.Duration;
import java.util.Optional;

/**
 * Takes over what another machine has written to the bucket, if it is newer than what we hold and about the same login: the
 * same server, authorization server, resource and, where both tell, account. On the disk before anybody uses it.
 */
final class Adoption {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TokenVault vault;

    Adoption(TokenVault vault) {
        this.vault = vault;
    }

    /**
     * @param state newer than {@code held}
     * @throws dev.vigil.auth.VaultException when the disk refuses: then nothing has changed
     */
    RefreshOutcome adopt(SharedState state, Grant held) {
        if (state.grant().isEmpty()) {
            return removed(state, held);
        }
        Grant theirs = state.grant().get();
        Optional<String> difference = difference(held, theirs);
        if (difference.isPresent()) {
            return refused(state.writer().name() + " has written a login with another " + difference.get()
                    + ", which is not taken over. Log in again here, or remove it there");
        }
        try (TokenVault.Claim claim = vault.claim(held.connector(), PATIENCE)) {
            Optional<Grant> stored = vault.load(held.connector());
            if (stored.filter(ours -> !theirs.supersedes(ours)).isPresent()) {
                return new Adopted(stored.get());
            }
            vault.save(theirs);
            vault.clearIntent(held.connector());
            return new Adopted(theirs);
        }
    }

    private RefreshOutcome removed(SharedState state, Grant held) {
        try (TokenVault.Claim claim = vault.claim(held.connector(), PATIENCE)) {
            boolean isOlder = vault.load(held.connector())
                    .filter(ours -> ours.epoch() < state.epoch())
                    .isPresent();
            if (isOlder) {
                vault.delete(held.connector());
            }
        }
        return refused("logged out on " + state.writer().name());
    }

    private static Unreachable refused(String why) {
        return new Unreachable(FailureCategory.SYNC, why, Optional.empty(), false);
    }

    /** The first thing in which two logins differ that must not; empty when they are about the same. */
    static Optional<String> difference(Grant ours, Grant theirs) {
        if (!Origin.of(ours.server()).equals(Origin.of(theirs.server()))) {
            return Optional.of("server");
        }
        if (ours.oauth().isPresent() != theirs.oauth().isPresent()) {
            return Optional.of("kind of authorization");
        }
        return ours.oauth().flatMap(mine -> difference(mine, theirs.oauth().orElseThrow()));
    }

    private static Optional<String> difference(OAuthBinding ours, OAuthBinding theirs) {
        if (!ours.issuer().equals(theirs.issuer())) {
            return Optional.of("authorization server");
        }
        if (!ours.resource().equals(theirs.resource())) {
            return Optional.of("resource");
        }
        boolean bothTell = ours.account().isPresent() && theirs.account().isPresent();
        return bothTell && !ours.account().equals(theirs.account()) ? Optional.of("account") : Optional.empty();
    }
}
