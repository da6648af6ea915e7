// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Grant;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.oauth.Revocation;
import dev.vigil.oauth.Revocation.Outcome;
import dev.vigil.oauth.Revocation.Outcome.Failed;
import dev.vigil.oauth.Revocation.Outcome.NotOffered;
import dev.vigil.oauth.Revocation.Outcome.Revoked;
import dev.vigil.sync.Sharing;
import dev.vigil.sync.SharingBook;
import java.time.Duration;
import java.util.Optional;

/** Ends a grant: here for certain, on other machines with the next round, at its server as well as it can be done. */
record Logout(Workplace workplace) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Forgets it on this machine, where others may go on with it. In a sentence. */
    String hereOnly(String connector) {
        TokenVault vault = workplace.vault();
        try (TokenVault.Claim claim = vault.claim(connector, PATIENCE)) {
            vault.delete(connector);
            vault.clearIntent(connector);
        }
        return connector + ": forgotten here. Other machines that share it go on with it.";
    }

    /** What came of it, in a sentence. Blocks on disk and network. */
    String of(String connector) {
        refuseWhereOthersCannotBeTold(connector);
        workplace.bucket().ifPresent(workplace::synced); // a newer login than ours is what is to end
        Optional<Grant> ended = forgotten(connector);
        if (ended.isEmpty()) {
            return connector + ": there was no login to forget.";
        }
        if (ended.get().oauth().isEmpty()) {
            return connector + ": the key is forgotten here. Where it was made, it is still good.";
        }
        Outcome outcome = new Revocation(workplace.transport()).revoke(ended.get());
        if (outcome instanceof Revoked) {
            return connector + ": logged out, and the server has revoked the tokens.";
        }
        if (outcome instanceof NotOffered) {
            return connector + ": logged out. The server offers no revocation, so the tokens end by themselves.";
        }
        if (outcome instanceof Failed failed) {
            return connector + ": logged out. The server could not be told (" + failed.reason()
                    + "), so the tokens end by themselves.";
        }
        throw new AssertionError(outcome);
    }

    /** Under the claim, so that a refresh under way cannot bring it back. A grant that cannot be read is forgotten too. */
    private Optional<Grant> forgotten(String connector) {
        TokenVault vault = workplace.vault();
        Optional<Sharing> sharing = workplace.bucket().map(SharedBucket::sharing);
        try (TokenVault.Claim turn = sharing.map(one -> one.turn(connector)).orElse(() -> {});
                TokenVault.Claim claim = vault.claim(connector, PATIENCE)) {
            Optional<Grant> grant = readable(vault, connector);
            if (grant.isPresent() || vault.connectors().contains(connector)) {
                sharing.ifPresentOrElse(one -> one.loggedOut(connector, grant), () -> withoutBucket(connector, grant));
            }
            vault.delete(connector);
            vault.clearIntent(connector);
            return grant;
        }
    }

    /** The others hear of it when there is a bucket again. */
    private void withoutBucket(String connector, Optional<Grant> grant) {
        SharingBook book = SharedBucket.book(workplace.home());
        grant.filter(book::isShared).ifPresent(ended -> book.loggedOut(connector, ended.epoch()));
    }

    private void refuseWhereOthersCannotBeTold(String connector) {
        boolean readsOnly =
                workplace.bucket().filter(shared -> shared.config().readOnly()).isPresent();
        if (readsOnly && isShared(connector)) {
            throw new Failure(
                    Failure.Code.USAGE,
                    connector
                            + " is shared, and this machine only reads the bucket (readOnly), so the others would lose"
                            + " their login without a word. Log out on a machine that writes there; to forget it on this"
                            + " one alone: vigil remove " + connector);
        }
    }

    private boolean isShared(String connector) {
        try {
            SharingBook book = SharedBucket.book(workplace.home());
            return workplace.vault().load(connector).filter(book::isShared).isPresent();
        } catch (VaultException e) {
            return true;
        }
    }

    private Optional<Grant> readable(TokenVault vault, String connector) {
        try {
            return vault.load(connector);
        } catch (VaultException e) {
            workplace.shell().note("Note: " + e.getMessage());
            return Optional.empty();
        }
    }
}
