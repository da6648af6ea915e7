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
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.WrappingRefresher;
import dev.vigil.sync.Comparison.Need;
import dev.vigil.sync.Lease.Intended;
import dev.vigil.sync.Leases.Turn;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SharedVault.Found;
import java.time.Duration;
import java.util.Optional;

/**
 * One machine at a time. In order: the machine's own turn, the lease, the bucket's newest state (adopted if it is newer), our
 * intent in the lease by compare-and-swap, the refresh, the new state in the bucket, the lease given back.
 *
 * <p>A rotating refresh token that machines share is never sent without the lease, nor while another machine's intent
 * stands whose outcome nobody knows: that machine may hold the new tokens on its disk and wake up. Then the access token
 * serves to its end.
 */
final class SharedRefresher implements WrappingRefresher {
    /** Longer than a whole refresh of another process. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final String WRITTEN_OVER = "somebody wrote over the turn of this machine while it was refreshing";
    private static final String LOST =
            "the bucket has lost what it showed before; another machine may hold a newer token, and has a minute to bring it back";

    private final Refresher inner;
    private final SharedVault bucket;
    private final Leases leases;
    private final LocalTurn localTurn;
    private final Adoption adoption;
    private final Push push;
    private final boolean aloneWithoutBucket;

    /** @param aloneWithoutBucket is a shared token redeemed even where nobody can agree on it? A person's wish, and risk */
    SharedRefresher(
            Refresher inner,
            SharedVault bucket,
            Leases leases,
            LocalTurn localTurn,
            Adoption adoption,
            Push push,
            boolean aloneWithoutBucket) {
        this.inner = inner;
        this.bucket = bucket;
        this.leases = leases;
        this.localTurn = localTurn;
        this.adoption = adoption;
        this.push = push;
        this.aloneWithoutBucket = aloneWithoutBucket;
    }

    @Override
    public Refresher inner() {
        return inner;
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        return inTurnHere(held, terms, false);
    }

    /**
     * Refreshes although another machine has not told what came of its own refresh: its new tokens are lost, a person says.
     * Where they are not, the authorization server may end the grant.
     */
    public RefreshOutcome takeOver(Grant held) {
        return inTurnHere(held, Terms.NOTHING_TO_LOSE, true);
    }

    private RefreshOutcome inTurnHere(Grant held, Terms terms, boolean takesOver) {
        try (TokenVault.Claim claim = localTurn.take(held.connector(), PATIENCE)) {
            return inTurn(held, terms, takesOver);
        } catch (VaultException e) {
            return new Unreachable(FailureCategory.STORAGE, e.getMessage(), Optional.empty());
        }
    }

    private RefreshOutcome inTurn(Grant held, Terms terms, boolean takesOver) {
        try {
            Turn turn = leases.take(held.connector());
            if (turn instanceof Turn.Taken taken) return waitFor(held, taken);
            if (turn instanceof Turn.Ours ours) return leased(held, terms, takesOver, ours);
            throw new AssertionError(turn);
        } catch (StoreException e) {
            return withoutBucket(held, terms, e);
        }
    }

    private Unreachable waitFor(Grant held, Turn.Taken taken) {
        SharedStep waited = SharedStep.of(held, What.WAITED);
        if (taken.isNews()) { // it is asked for every few seconds
            push.story().accept(taken.holder().map(waited::with).orElse(waited));
        }
        String who = taken.holder().map(Machine::name).orElse("another machine");
        return Unreachable.waiting(who + " is refreshing it", taken.lookAgain());
    }

    /** Where something fails before our intent is written, the turn is given back as it was. */
    private RefreshOutcome leased(Grant held, Terms terms, boolean takesOver, Turn.Ours turn) {
        try {
            return agreed(held, terms, takesOver, turn);
        } catch (StoreException | VaultException e) {
            release(held, turn, turn.intent());
            throw e;
        }
    }

    private RefreshOutcome agreed(Grant held, Terms terms, boolean takesOver, Turn.Ours turn) {
        Optional<Found<SharedState>> standing = bucket.state(held.connector());
        Optional<SharedState> state = standing.map(Found::value);
        state.ifPresent(seen -> push.book().seen(seen, push.time().now().wall()));
        Optional<Intended> open = turn.intent()
                .filter(one -> state.map(known -> !one.isSettledBy(known)).orElse(true));
        SharingPage page = push.book().pageOrBlank(held.connector());
        Comparison comparison = Comparison.of(Optional.of(held), state, page);
        if (comparison.rolledBack()) {
            push.lost(held.connector());
        }
        Need need = comparison.need();
        if (need == Need.LEFT_BEHIND) {
            release(held, turn, open);
            return leftBehind(held, page.seen().orElseThrow());
        }
        if (need == Need.ASK || (need == Need.PUSH && adoption.isPerhapsSpent(held))) {
            release(held, turn, open);
            return inner.refresh(held, terms); // a login of our own, of which no other machine knows the tokens
        }
        if (need == Need.ADOPT || need == Need.REMOVE) {
            RefreshOutcome outcome = adopted(held, standing.orElseThrow());
            release(held, turn, open);
            return outcome;
        }
        Optional<Duration> rest = takesOver ? Optional.empty() : push.restLeft(held.connector());
        if (rest.isPresent()) {
            release(held, turn, open);
            return new Unreachable(FailureCategory.SYNC, LOST, rest, false);
        }
        Optional<Intended> others = open.filter(one -> !one.machine().isSame(push.self()));
        if (others.isPresent() && !takesOver) {
            release(held, turn, open);
            return leftTo(others.get(), held);
        }
        others.ifPresent(
                one -> push.story().accept(SharedStep.of(held, What.TAKEN_OVER).with(one.machine())));
        return mine(held, terms, turn, standing);
    }

    /** Who wrote the newer state holds it, if anybody does; a login is above it. */
    private Unreachable leftBehind(Grant held, SharingPage.Seen newer) {
        String why = "the bucket shows an older state than it has shown before, and the newer one, which " + newer.by()
                + " wrote, is not here. A machine that holds it brings it back by itself. If none does: vigil login "
                + held.connector();
        push.story().accept(SharedStep.of(held, What.NO_BUCKET).because(why));
        return LeftToOthers.notNow(why);
    }

    private RefreshOutcome adopted(Grant held, Found<SharedState> found) {
        RefreshOutcome outcome = adoption.adopt(found, Optional.of(held));
        push.story().accept(Adoption.told(found.value(), outcome));
        return outcome;
    }

    private Unanswered leftTo(Intended intent, Grant held) {
        String why = intent.machine().name() + " began to refresh it at " + intent.at()
                + " and has not told what came of it; its new tokens may be on its disk";
        push.story()
                .accept(SharedStep.of(held, What.LEFT_TO_OTHER)
                        .with(intent.machine())
                        .because("began at " + intent.at()));
        return Unanswered.elsewhere(why + ". If it will not come back: vigil refresh --take-over " + held.connector());
    }

    /**
     * What is held here is in the bucket before anything new is asked for: our intent for the next token set takes the place of
     * the one that keeps others from redeeming the last.
     */
    private RefreshOutcome mine(Grant held, Terms terms, Turn.Ours turn, Optional<Found<SharedState>> standing) {
        boolean isThere =
                standing.filter(found -> !found.value().isSupersededBy(held)).isPresent();
        Optional<Version> version = standing.map(Found::version);
        Optional<Version> pushed = isThere ? version : push.grant(held, version);
        if (pushed.isEmpty()) {
            release(held, turn, turn.intent());
            return LeftToOthers.notNow("the bucket does not take what is held here");
        }
        return leases.intend(held.connector(), turn, held.epoch(), held.tokens().generation())
                .map(ours -> refreshed(held, terms, ours, turn.intent(), pushed))
                .orElseGet(() -> LeftToOthers.notNow("another machine took the turn"));
    }

    private RefreshOutcome refreshed(
            Grant held, Terms terms, Turn.Ours turn, Optional<Intended> before, Optional<Version> standing) {
        RefreshOutcome outcome = inner.refresh(held, terms.onlyWhile(() -> leases.maySend(turn)));
        if (outcome instanceof Refreshed done) {
            push.book().refreshed(held, done.grant());
            push.story().accept(SharedStep.of(done.grant(), What.REFRESHED));
        }
        newest(outcome).ifPresent(grant -> push.grant(grant, standing));
        release(held, turn, Leases.left(outcome, turn, before));
        return outcome;
    }

    private static Optional<Grant> newest(RefreshOutcome outcome) {
        if (outcome instanceof Refreshed done) return Optional.of(done.grant());
        if (outcome instanceof Adopted other) return Optional.of(other.grant());
        return Optional.empty();
    }

    private void release(Grant held, Turn.Ours turn, Optional<Intended> left) {
        try {
            if (!leases.release(held.connector(), turn, left)) {
                push.story().accept(SharedStep.of(held, What.ROLLED_BACK).because(WRITTEN_OVER));
            }
        } catch (StoreException | VaultException e) {
            // It dies by itself.
        }
    }

    /** A grant that no other machine has ever seen is ours alone, and a refresh token that is not spent can be shared. */
    private RefreshOutcome withoutBucket(Grant held, Terms terms, StoreException e) {
        if (!push.book().mustAgree(held)) {
            return inner.refresh(held, terms);
        }
        String why = aloneWithoutBucket
                ? "refreshed without it (whenUnreachable: refresh), since " + e.getMessage()
                : e.getMessage();
        push.story().accept(SharedStep.of(held, What.NO_BUCKET).because(why));
        return aloneWithoutBucket ? inner.refresh(held, terms) : LeftToOthers.notNow(why);
    }
}
