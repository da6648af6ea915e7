// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.Comparison.Need;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedStep.What;
import dev.vigil.sync.SharedVault.Found;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.sync.SyncRound.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings vault and bucket together: lists once, fetches what changed, takes what is newer, writes what is newer here. What
 * is saved in the vault is noticed by whoever watches it; nothing is refreshed. One thread at a time ({@code vault-sync}, or
 * that of a command); blocks on bucket and disk.
 */
final class VaultSync {
    /** A lost race means that somebody else has written, and then there is something to read. */
    private static final int MOST_TRIES = 3;
    /** What each round would tell again. */
    private static final Set<What> STAYING =
            Set.of(What.NOT_ADOPTED, What.TWO_LOGINS, What.ROLLED_BACK, What.NO_BUCKET);

    private final RingWatch keys;
    private final SharedVault bucket;
    private final TokenVault vault;
    private final Adoption adoption;
    private final Push push;
    private final LocalTurn localTurn;
    private final boolean mayWrite;
    private final TimeSource time;
    private final Consumer<SharedStep> story;
    private final ReadStates states;
    /** Told already, and still so. */
    private final Set<SharedStep> standing = new HashSet<>();

    /** @param mayWrite false for a machine that only uses what others keep alive */
    VaultSync(
            SharedKeys keys,
            SharedVault bucket,
            TokenVault vault,
            Adoption adoption,
            Push push,
            LocalTurn localTurn,
            boolean mayWrite) {
        this.keys = new RingWatch(keys);
        this.bucket = bucket;
        this.states = new ReadStates(bucket);
        this.vault = vault;
        this.adoption = adoption;
        this.push = push;
        this.localTurn = localTurn;
        this.mayWrite = mayWrite;
        this.time = push.time();
        this.story = push.story();
    }

    /** One round over these connectors. Never throws for what the bucket or the disk do. */
    synchronized SyncRound round(Collection<Connector> connectors) {
        Now begun = time.now();
        List<SharedStep> steps = new ArrayList<>();
        try {
            Map<String, Version> there = bucket.objects();
            Optional<String> warning = keys.followed(Optional.ofNullable(there.remove(RingMirror.KEY)));
            there.keySet().removeIf(place -> !SharedVault.isGrant(place));
            states.keepOnly(there.keySet());
            List<String> shared = connectors.stream()
                    .filter(connector -> connector.kind() != GrantKind.NONE && isSame(connector, there, steps))
                    .map(Connector::name)
                    .toList();
            standing.retainAll(steps); // what has passed is told again when it comes back
            return ended(begun, shared, steps, connectors, there, warning);
        } catch (VaultException e) { // this machine's own files of the key ring: nothing in the bucket opens
            StoreException sealed = new StoreException(Kind.SEALED, false, e.getMessage(), e);
            return SyncRound.failed(begun.wall(), time.now().monotonic().minus(begun.monotonic()), sealed, steps);
        } catch (StoreException e) {
            return SyncRound.failed(begun.wall(), time.now().monotonic().minus(begun.monotonic()), e, steps);
        }
    }

    private SyncRound ended(
            Now begun,
            List<String> shared,
            List<SharedStep> steps,
            Collection<Connector> connectors,
            Map<String, Version> there,
            Optional<String> warning) {
        Map<String, Version> others = new HashMap<>(there);
        connectors.forEach(connector -> others.remove(bucket.place(connector.name())));
        ForeignGrants foreign = ForeignGrants.of(states, others);
        return new SyncRound(
                begun.wall(),
                time.now().monotonic().minus(begun.monotonic()),
                Outcome.ATTEMPTED,
                Optional.empty(),
                shared,
                List.copyOf(steps),
                foreign.grants(),
                foreign.unreadable(),
                warning);
    }

    /** Is it the same here and there, after all that could be done? */
    private boolean isSame(Connector connector, Map<String, Version> there, List<SharedStep> steps) {
        String place = bucket.place(connector.name());
        try (TokenVault.Claim turn = localTurn.take(connector.name(), Duration.ZERO)) {
            Optional<Found<SharedState>> found =
                    Optional.ofNullable(there.get(place)).flatMap(version -> states.at(place, version));
            if (push.book().pageOrBlank(connector.name()).hasSeenMoreThan(found.map(Found::value))) {
                found = states.anew(place); // a refresh of this machine may have ended since the bucket was listed
            }
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                Settled settled = settled(connector, found, steps);
                if (settled != Settled.AGAIN) {
                    return settled == Settled.SAME;
                }
                found = states.anew(place); // somebody else was first
            }
        } catch (VaultException e) {
            if (e.kind()
                    != VaultException.Kind
                            .BUSY) { // else a refresh is under way, and the next round sees what came of it
                tell(SharedStep.onDisk(connector.name(), e), steps);
            }
        } catch (StoreException e) {
            if (!e.isSpoilt()) {
                throw e;
            }
            tell(SharedStep.sealed(connector.name(), e), steps); // this one object is spoilt, others need not be
            return mayWrite && isMended(connector.name(), steps);
        }
        return false;
    }

    /** Who holds the newest that ever stood there writes it anew. */
    private boolean isMended(String connector, List<SharedStep> steps) {
        try (TokenVault.Claim turn = localTurn.take(connector, Duration.ZERO)) {
            push.lost(connector);
            Optional<Grant> ours =
                    vault.load(connector).filter(grant -> grant.refusal().isEmpty());
            return Comparison.isNewest(ours, push.book().pageOrBlank(connector))
                    && bucket.spoiltState(connector)
                            .filter(version -> isPushed(ours.orElseThrow(), Optional.of(version), steps))
                            .isPresent();
        } catch (VaultException e) {
            return false; // with the next round
        }
    }

    /** Does what is to be done. */
    private Settled settled(Connector connector, Optional<Found<SharedState>> found, List<SharedStep> steps) {
        SharingBook book = push.book();
        Optional<Grant> ours = vault.load(connector.name());
        Optional<SharedState> theirs = found.map(Found::value);
        SharingPage page = book.pageOrBlank(connector.name());
        Comparison comparison = Comparison.of(ours, theirs, page);
        if (comparison.rolledBack()) {
            push.lost(connector.name());
            page.seen().ifPresent(seen -> tell(SharedStep.rolledBack(connector.name(), seen), steps));
        }
        theirs.ifPresent(state -> book.seen(state, time.now().wall()));
        if (comparison.need() != Need.BURY && page.loggedOut().isPresent()) {
            book.buried(connector.name());
        }
        return switch (comparison.need()) {
            case NOTHING ->
                Settled.sameIf(ours.filter(one -> one.refusal().isEmpty()).isPresent());
            case LEFT_BEHIND -> Settled.DIFFERENT;
            case PUSH ->
                mayWrite && !adoption.isPerhapsSpent(ours.orElseThrow())
                        ? isPushed(ours.orElseThrow(), found.map(Found::version), steps) ? Settled.SAME : Settled.AGAIN
                        : Settled.DIFFERENT;
            case BURY -> {
                boolean isOpen =
                        mayWrite && !isBuried(connector.name(), page.loggedOut().orElseThrow(), found, steps);
                yield isOpen ? Settled.AGAIN : Settled.DIFFERENT;
            }
            case ADOPT, REMOVE -> Settled.sameIf(isTaken(connector, ours, found.orElseThrow(), steps));
            case ASK -> {
                tell(SharedStep.of(theirs.orElseThrow(), What.TWO_LOGINS), steps);
                yield Settled.DIFFERENT;
            }
        };
    }

    private boolean isPushed(Grant ours, Optional<Version> over, List<SharedStep> steps) {
        Optional<Version> version = push.grant(ours, over);
        version.ifPresent(any -> steps.add(SharedStep.of(ours, What.PUSHED)));
        return version.isPresent();
    }

    private boolean isBuried(String connector, long ended, Optional<Found<SharedState>> found, List<SharedStep> steps) {
        if (found.isPresent()) {
            SharedState standing = found.get().value();
            if (push.logout(standing, ended, found.get().version()).isEmpty()) {
                return false;
            }
            steps.add(SharedStep.of(standing, What.BURIED));
        }
        push.book().buried(connector);
        return true;
    }

    private boolean isTaken(
            Connector connector, Optional<Grant> ours, Found<SharedState> found, List<SharedStep> steps) {
        boolean fits = found.value()
                .grant()
                .map(grant -> Adoption.isFor(connector, grant))
                .orElse(true);
        SharedStep told = fits
                ? Adoption.told(found.value(), adoption.adopt(found, ours))
                : SharedStep.of(found.value(), What.NOT_ADOPTED)
                        .because("it is for another server, or of another kind, than is configured here");
        tell(told, steps);
        return told.what() == What.ADOPTED;
    }

    /** Once, as long as it stays so. */
    private void tell(SharedStep step, List<SharedStep> steps) {
        steps.add(step);
        if (!STAYING.contains(step.what()) || standing.add(step)) {
            story.accept(step);
        }
    }
}
