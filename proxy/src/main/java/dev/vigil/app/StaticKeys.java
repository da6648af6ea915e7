// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.auth.TokenVault;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Seals the keys that a person types: a grant without an authorization server. Blocks on the disk. */
record StaticKeys(TokenVault vault, Elsewhere elsewhere, TimeSource time) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Stores the key in place of the one before. @throws dev.vigil.auth.VaultException when it cannot be saved */
    void save(Connector connector, Secret key) {
        Instant now = time.now().wall();
        long there = elsewhere.highestEpoch(connector.name());
        try (TokenVault.Claim claim = vault.claim(connector.name(), PATIENCE)) {
            Optional<Grant> before = vault.load(connector.name());
            long epoch = Math.max(before.map(Grant::epoch).orElse(0L), there) + 1;
            long generation = before.map(old -> old.tokens().generation()).orElse(0L) + 1;
            vault.save(new Grant(
                    connector.name(),
                    connector.url(),
                    epoch,
                    now,
                    Optional.empty(),
                    new TokenSet(
                            key,
                            Optional.empty(),
                            now,
                            Optional.empty(),
                            Optional.empty(),
                            TokenSource.CONFIGURED,
                            generation,
                            Optional.empty()),
                    Optional.empty()));
            vault.clearIntent(connector.name());
        }
    }
}
