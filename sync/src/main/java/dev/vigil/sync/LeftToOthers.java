// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.WrappingRefresher;
import dev.vigil.sync.Comparison.Need;
import dev.vigil.sync.SharedVault.Found;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Refreshes what is this machine's own, and leaves to the other machines what they share with it: for one that only reads
 * the bucket, and for one whose config names a bucket no more, or not yet.
 */
public final class LeftToOthers implements WrappingRefresher {
    private final Refresher inner;
    private final Predicate<Grant> isTheirs;
    private final Function<Grant, RefreshOutcome> instead;

    /** @param instead what comes of it where nothing may be sent; on the thread of the refresh */
    LeftToOthers(Refresher inner, Predicate<Grant> isTheirs, Function<Grant, RefreshOutcome> instead) {
        this.inner = inner;
        this.isTheirs = isTheirs;
        this.instead = instead;
    }

    /**
     * For a machine without a bucket: the refresh token of a login that was shared may be spent by now.
     *
     * @param book what the machine knows from when it had one
     */
    public static Refresher withoutBucket(Refresher inner, SharingBook book) {
        return new LeftToOthers(
                inner,
                book::mustAgree,
                grant -> notNow(
                        "it is shared with other machines, and this process knows of no bucket. Put sync: into the"
                                + " config and start the daemon anew, or go on without them: vigil login "
                                + grant.connector()));
    }

    /** For a machine that writes nothing to the bucket, and so can agree on nothing: it adopts. */
    static Refresher reading(Refresher inner, SharedVault bucket, LocalTurn localTurn, Adoption adoption, Push push) {
        return new LeftToOthers(
                inner, push.book()::isShared, grant -> adopted(grant, bucket, localTurn, adoption, push));
    }

    private static RefreshOutcome adopted(
            Grant held, SharedVault bucket, LocalTurn localTurn, Adoption adoption, Push push) {
        try (TokenVault.Claim turn = localTurn.take(held.connector(), SharedRefresher.PATIENCE)) {
            Optional<Found<SharedState>> standing = bucket.state(held.connector());
            Need need = Comparison.of(
                            Optional.of(held),
                            standing.map(Found::value),
                            push.book().pageOrBlank(held.connector()))
                    .need();
            if (need != Need.ADOPT && need != Need.REMOVE) {
                return notNow("this machine only reads the bucket (readOnly), and no other has refreshed it yet");
            }
            RefreshOutcome outcome = adoption.adopt(standing.orElseThrow(), Optional.of(held));
            push.story().accept(Adoption.told(standing.orElseThrow().value(), outcome));
            return outcome;
        } catch (StoreException e) {
            return notNow(e.getMessage());
        } catch (VaultException e) {
            return new Unreachable(FailureCategory.STORAGE, e.getMessage(), Optional.empty());
        }
    }

    static Unreachable notNow(String why) {
        return new Unreachable(FailureCategory.SYNC, why, Optional.empty(), false);
    }

    @Override
    public Refresher inner() {
        return inner;
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        return isTheirs.test(held) ? instead.apply(held) : inner.refresh(held, terms);
    }
}
