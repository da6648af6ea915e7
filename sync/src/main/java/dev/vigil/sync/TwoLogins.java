// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.SharedVault.Found;
import java.time.Duration;
import java.util.Optional;

/**
 * Two logins with one epoch, made on two machines that did not know of each other: both are kept until a person decides.
 * Blocks on bucket and disk.
 */
public final class TwoLogins {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SharedVault bucket;
    private final TokenVault vault;
    private final LocalTurn localTurn;
    private final Adoption adoption;
    private final Push push;

    TwoLogins(SharedVault bucket, TokenVault vault, LocalTurn localTurn, Adoption adoption, Push push) {
        this.bucket = bucket;
        this.vault = vault;
        this.localTurn = localTurn;
        this.adoption = adoption;
        this.push = push;
    }

    /**
     * Ours is written over the other, as the newer one.
     *
     * @return false when there is nothing to decide, or somebody else wrote at this moment
     * @throws StoreException when the bucket gives no clear answer
     * @throws VaultException when the disk refuses
     */
    public boolean keepOurs(String connector) {
        try (TokenVault.Claim turn = localTurn.take(connector, PATIENCE)) {
            return isOurs(connector);
        }
    }

    private boolean isOurs(String connector) {
        Optional<Grant> ours = vault.load(connector);
        Optional<Found<SharedState>> theirs = bucket.state(connector);
        if (!areTwo(ours, theirs)) {
            return false;
        }
        Grant newer = ours.orElseThrow().inEpoch(push.book().highestEpoch(connector) + 1);
        try (TokenVault.Claim claim = vault.claim(connector, PATIENCE)) {
            if (!vault.load(connector).equals(ours)) {
                return false;
            }
            vault.save(newer);
        }
        return push.grant(newer, theirs.map(Found::version)).isPresent();
    }

    /** The other way round: the login of the other machine becomes ours, and our own is forgotten. As {@link #keepOurs}. */
    public boolean keepTheirs(String connector) {
        try (TokenVault.Claim turn = localTurn.take(connector, PATIENCE)) {
            return isTheirs(connector);
        }
    }

    private boolean isTheirs(String connector) {
        Optional<Grant> ours = vault.load(connector);
        Optional<Found<SharedState>> theirs = bucket.state(connector);
        return areTwo(ours, theirs) && adoption.replace(theirs.orElseThrow(), ours.orElseThrow());
    }

    private static boolean areTwo(Optional<Grant> ours, Optional<Found<SharedState>> theirs) {
        return ours.flatMap(mine -> theirs.map(Found::value).filter(state -> Comparison.isOtherLogin(mine, state)))
                .isPresent();
    }
}
