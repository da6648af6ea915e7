// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Intent;
import dev.vigil.auth.TokenVault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A planted race: a vault whose claims keep nobody out. Intents are not written, since the vault below asks for a claim. */
record UnclaimedVault(TokenVault below) implements TokenVault {

    @Override
    public Claim claim(String connector, Duration patience) {
        return () -> {};
    }

    @Override
    public Optional<Grant> load(String connector) {
        return below.load(connector);
    }

    @Override
    public void save(Grant grant) {
        below.save(grant);
    }

    @Override
    public void delete(String connector) {
        below.delete(connector);
    }

    @Override
    public List<String> connectors() {
        return below.connectors();
    }

    @Override
    public Optional<String> stamp(String connector) {
        return below.stamp(connector);
    }

    @Override
    public void writeIntent(Grant held) {}

    @Override
    public void clearIntent(String connector) {}

    @Override
    public Optional<Intent> intent(String connector) {
        return Optional.empty();
    }
}
