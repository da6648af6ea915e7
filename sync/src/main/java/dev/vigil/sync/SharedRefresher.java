// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.Lease.Intended;
import dev.vigil.sync.Leases.Turn;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedVault.Found;
import java.util.Optional;

/**
 * One machine at a time. In order: the machine's own turn, the lease, the bucket's newest state (adopted if it is newer), our
 * intent in the lease by compare-and-swap, the refresh, the new state in the bucket, the lease given back.
 *
 * <p>A rotating refresh token that machines share is never sent without the lease, nor while another machine's intent
 * stands whose outcome nobody knows: that machine may hold the new tokens on its disk and wake up. Then the access token
 * serves to its end.
 */
public final class SharedRefresher implements Refresher {
    private final Refresher inner;
    private final SharedVault bucket;
    private final Leases leases;
    private final LocalTurn localTurn;
    private final Adoption adoption;
    private final SharingBook book;
    private final Machine self;
    private final TimeSource time;

    /** The turn of this process among those of this machine; the kernel frees it if we die. */
    @FunctionalInterface
    public interface LocalTurn {
        /** @throws VaultException BUSY */
        TokenVault.Claim take(String connector);
    }

    SharedRefresher(
            Refresher inner,
            SharedVault bucket,
            Leases leases,
            LocalTurn localTurn,
            Adoption adoption,
            SharingBook book,
            Machine self,
            TimeSource time) {
        this.inner = inner;
        this.bucket = bucket;
        this.leases = leases;
        this.localTurn = localTurn;
        this.adoption = adoption;
        this.book = book;
        this.self = self;
        this.time = time;
    }

    @Override
    public RefreshOutcome refresh(Grant held) {
        return refresh(held, Terms.ORDINARY);
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        try (TokenVault.Claim claim = localTurn.take(held.connector())) {
            return inTurn(held, terms);
        } catch (VaultException e) {
            return new Unreachable(FailureCategory.STORAGE, e.getMessage(), Optional.empty());
        }
    }

    @Override
    public boolean isUnspent(Grant held) {
        return inner.isUnspent(held);
    }

    @Override
    public void giveUp(Grant refused) {
        inner.giveUp(refused);
    }

    @Override
    public Optional<String> saveAgain(Grant unsaved) {
        return inner.saveAgain(unsaved);
    }

    private RefreshOutcome inTurn(Grant held, Terms terms) {
        try {
            Turn turn = leases.take(held.connector());
            if (turn instanceof Turn.Taken taken) return waitFor(taken);
            if (turn instanceof Turn.Ours ours) return leased(held, terms, ours);
            throw new AssertionError(turn);
        } catch (StoreException e) {
            return withoutBucket(held, terms, e);
        }
    }

    private static Unreachable waitFor(Turn.Taken taken) {
        String who = taken.holder().map(Machine::name).orElse("another machine");
        return new Unreachable(FailureCategory.SYNC, who + " is refreshing it", Optional.of(taken.lookAgain()), false);
    }

    private RefreshOutcome leased(Grant held, Terms terms, Turn.Ours turn) {
        Optional<Found<SharedState>> standing = bucket.state(held.connector());
        Optional<SharedState> state = standing.map(Found::value);
        Optional<Intended> open = turn.intent()
                .filter(one -> state.map(known -> !one.isSettledBy(known)).orElse(true));
        if (state.filter(known -> known.supersedes(held)).isPresent()) {
            RefreshOutcome outcome = adoption.adopt(state.get(), held);
            release(held.connector(), turn, open);
            return outcome;
        }
        if (open.filter(one -> !one.machine().isSame(self)).isPresent()) {
            release(held.connector(), turn, open);
            return new Unanswered(openIntent(open.get()), Optional.empty(), false);
        }
        Optional<Version> pushed = pushed(held, standing);
        if (pushed.isEmpty()) {
            release(held.connector(), turn, open);
            return new Unreachable(
                    FailureCategory.SYNC, "the bucket does not take what is held here", Optional.empty(), false);
        }
        return leases.intend(held.connector(), turn, held.epoch(), held.tokens().generation())
                .map(ours -> refreshed(held, terms, ours, pushed))
                .orElseGet(() -> new Unreachable(
                        FailureCategory.SYNC, "another machine took the turn", Optional.empty(), false));
    }

    /**
     * What is held here is in the bucket before anything new is asked for: our intent for the next token set takes the place of
     * the one that keeps others from redeeming the last.
     */
    private Optional<Version> pushed(Grant held, Optional<Found<SharedState>> standing) {
        boolean isThere =
                standing.filter(found -> !found.value().isSupersededBy(held)).isPresent();
        return isThere ? standing.map(Found::version) : push(held, standing.map(Found::version));
    }

    private static String openIntent(Intended intent) {
        return intent.machine().name() + " began to refresh it at " + intent.at()
                + " and has not told what came of it; its new tokens may be on its disk";
    }

    private RefreshOutcome refreshed(Grant held, Terms terms, Turn.Ours turn, Optional<Version> standing) {
        RefreshOutcome outcome = inner.refresh(held, terms.onlyWhile(() -> leases.maySend(turn)));
        if (outcome instanceof Refreshed done) {
            book.refreshed(held, done.grant());
        }
        Optional<Grant> newest = newest(outcome);
        boolean isUnknown = outcome instanceof Unanswered
                || newest.filter(grant -> push(grant, standing).isEmpty()).isPresent();
        release(held.connector(), turn, isUnknown ? turn.intent() : Optional.empty());
        return outcome;
    }

    private static Optional<Grant> newest(RefreshOutcome outcome) {
        if (outcome instanceof Refreshed done) return Optional.of(done.grant());
        if (outcome instanceof Adopted other) return Optional.of(other.grant());
        return Optional.empty();
    }

    /** What could not be pushed stays on our disk, and our intent in the lease keeps others away until it could. */
    private Optional<Version> push(Grant grant, Optional<Version> over) {
        try {
            book.shared(grant);
            return bucket.put(SharedState.of(grant, self, time.now().wall()), over);
        } catch (StoreException | VaultException e) {
            return Optional.empty();
        }
    }

    private void release(String connector, Turn.Ours turn, Optional<Intended> left) {
        try {
            leases.release(connector, turn, left);
        } catch (StoreException | VaultException e) {
            // It dies by itself.
        }
    }

    /** A grant that no other machine has ever seen is ours alone, and a refresh token that is not spent can be shared. */
    private RefreshOutcome withoutBucket(Grant held, Terms terms, StoreException e) {
        return book.mustAgree(held)
                ? new Unreachable(FailureCategory.SYNC, e.getMessage(), Optional.empty(), false)
                : inner.refresh(held, terms);
    }
}
