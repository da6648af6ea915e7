// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.Origin;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.SyncMarker;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SharedVault.Found;
import java.time.Duration;
import java.util.Optional;

/**
 * Takes over what another machine has written to the bucket, if it is newer than what we hold and about the same login: the
 * same server, authorization server, resource and, where both tell, account. On the disk before anybody uses it.
 */
final class Adoption {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TokenVault vault;
    private final SharingBook book;
    private final TimeSource time;

    Adoption(TokenVault vault, SharingBook book, TimeSource time) {
        this.vault = vault;
        this.book = book;
        this.time = time;
    }

    /**
     * @param found what is to be done about is {@link Comparison.Need#ADOPT} or {@link Comparison.Need#REMOVE}
     * @param ours empty where there is no login here
     * @throws dev.vigil.auth.VaultException when the disk refuses: then nothing has changed
     */
    RefreshOutcome adopt(Found<SharedState> found, Optional<Grant> ours) {
        SharedState state = found.value();
        if (state.grant().isEmpty()) {
            return removed(state);
        }
        Grant theirs = state.grant().get();
        Optional<String> difference = ours.flatMap(held -> difference(held, theirs));
        if (difference.isPresent()) {
            return refused(state.writer().name() + " has written a login with another " + difference.get()
                    + ", which is not taken over. Log in again here, or remove it there");
        }
        try (TokenVault.Claim claim = vault.claim(state.connector(), PATIENCE)) {
            Optional<Grant> stored = vault.load(state.connector());
            if (stored.filter(mine -> isKept(mine, theirs)).isPresent()) {
                return new Adopted(stored.get());
            }
            return new Adopted(save(found, theirs));
        }
    }

    /**
     * Was its refresh token sent from here, and has nobody heard an answer? Where that was without the lease, since no other
     * machine had seen it, none may see it before there is an answer: it would send it again.
     */
    boolean isPerhapsSpent(Grant ours) {
        try {
            return vault.intent(ours.connector())
                    .filter(intent -> intent.isAbout(ours))
                    .isPresent();
        } catch (VaultException e) {
            return true;
        }
    }

    /** Somebody has stored as new a one meanwhile. */
    private static boolean isKept(Grant mine, Grant theirs) {
        return !theirs.supersedes(mine) && mine.refusal().isEmpty();
    }

    /**
     * Forgets our own login for theirs, of the same epoch: a person said so.
     *
     * @return false when ours has changed meanwhile
     * @throws dev.vigil.auth.VaultException when the disk refuses: then nothing has changed
     */
    boolean replace(Found<SharedState> found, Grant ours) {
        try (TokenVault.Claim claim = vault.claim(ours.connector(), PATIENCE)) {
            if (!vault.load(ours.connector()).equals(Optional.of(ours))) {
                return false;
            }
            save(found, found.value().grant().orElseThrow());
            return true;
        }
    }

    /** Shared, before the tokens can be used, and so before the bucket can be out of reach. Claim first. */
    private Grant save(Found<SharedState> found, Grant theirs) {
        Grant adopted = theirs.fromElsewhere(
                new SyncMarker(time.now().wall(), found.version().tag()));
        book.shared(adopted);
        vault.save(adopted);
        vault.clearIntent(adopted.connector());
        return adopted;
    }

    private RefreshOutcome removed(SharedState state) {
        try (TokenVault.Claim claim = vault.claim(state.connector(), PATIENCE)) {
            boolean isOlder =
                    vault.load(state.connector()).filter(state::supersedes).isPresent();
            if (isOlder) {
                vault.delete(state.connector());
            }
        }
        return refused("logged out on " + state.writer().name());
    }

    private static Unreachable refused(String why) {
        return new Unreachable(FailureCategory.SYNC, why, Optional.empty(), false);
    }

    /** A key is of no use where a login is configured, nor the other way round. */
    static boolean isFor(Connector connector, Grant theirs) {
        return theirs.fits(connector) && theirs.oauth().isEmpty() == (connector.kind() == GrantKind.HEADER);
    }

    /** What came of an adoption, for the story. */
    static SharedStep told(SharedState state, RefreshOutcome outcome) {
        if (outcome instanceof Adopted) return SharedStep.of(state, What.ADOPTED);
        if (state.grant().isEmpty()) return SharedStep.of(state, What.REMOVED);
        String why = outcome instanceof Unreachable not ? not.reason() : outcome.word();
        return SharedStep.of(state, What.NOT_ADOPTED).because(why);
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
