// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TokenVault;
import java.time.Duration;

/** A planted race: reads the vault before the claim instead of under it, so it sends what another has spent meanwhile. */
record RashRefresher(TokenVault vault, Refresher wire) implements Refresher {

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        Grant stored = vault.load(held.connector()).orElse(held);
        try (TokenVault.Claim claim = vault.claim(held.connector(), Duration.ofMinutes(1))) {
            if (stored.supersedes(held)) {
                return new Adopted(stored);
            }
            RefreshOutcome outcome = wire.refresh(held, terms);
            if (outcome instanceof Refreshed refreshed) {
                vault.save(refreshed.grant());
            }
            return outcome;
        }
    }
}
