// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedVault.Found;
import dev.vigil.sync.SyncRound.Outcome;
import dev.vigil.vault.SharedSeal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * This machine's part in a bucket that it shares with others: refreshes that are agreed on, rounds that bring vault and
 * bucket together. Every method may block on bucket and disk, each call with its time limit; any thread but {@code
 * proxy-io}, except {@link #whyNotHere}.
 */
public final class Sharing implements Elsewhere {
    private final SharedKeys keys;
    private final SharedVault bucket;
    private final TokenVault vault;
    private final Push push;
    private final Adoption adoption;
    private final LocalTurn localTurn;
    private final Settings settings;
    private final MachinePages pages;
    private final Heartbeats beats;
    private final VaultSync sync;

    /** Empty before the first. Guarded by this. */
    private Optional<SyncRound> last = Optional.empty();

    /**
     * How this machine takes part.
     *
     * @param mayWrite false for one that only uses what others keep alive
     * @param aloneWithoutBucket see {@link SharedRefresher}
     */
    public record Settings(Machine self, boolean mayWrite, boolean aloneWithoutBucket) {}

    /** @param story hears what happens, on the thread that does it; quick, and does not throw */
    public Sharing(
            ObjectStore store,
            SharedSeal seal,
            TokenVault vault,
            SharingBook book,
            LocalTurn localTurn,
            Settings settings,
            Heartbeats beats,
            TimeSource time,
            Consumer<SharedStep> story) {
        this.keys = new SharedKeys(store, seal);
        this.bucket = new SharedVault(store, seal, keys);
        this.vault = vault;
        this.pages = new MachinePages(bucket, settings.self(), time);
        this.beats = beats;
        this.push = new Push(bucket, book, settings.self(), time, step -> {
            pages.note(step);
            story.accept(step);
        });
        this.adoption = new Adoption(vault, book, time);
        this.localTurn = localTurn;
        this.settings = settings;
        this.sync = new VaultSync(keys, bucket, vault, adoption, push, localTurn, settings.mayWrite());
    }

    /** The key ring of all machines. */
    public SharedKeys keys() {
        return keys;
    }

    /** Refreshes on one machine at a time; on one that only reads the bucket, nothing that is shared. */
    public Refresher over(Refresher inner) {
        return settings.mayWrite() ? agreeing(inner) : LeftToOthers.reading(inner, bucket, localTurn, adoption, push);
    }

    /** See {@link SharedRefresher#takeOver}. */
    public RefreshOutcome takeOver(Refresher inner, Grant held) {
        return settings.mayWrite()
                ? agreeing(inner).takeOver(held)
                : LeftToOthers.notNow("this machine only reads the bucket (readOnly)");
    }

    private SharedRefresher agreeing(Refresher inner) {
        Leases leases = new Leases(bucket, settings.self(), push.time());
        return new SharedRefresher(inner, bucket, leases, localTurn, adoption, push, settings.aloneWithoutBucket());
    }

    /** Brings vault and bucket together, for these connectors. Never throws for what the bucket or the disk do. */
    public SyncRound round(Collection<Connector> connectors) {
        SyncRound round = sync.round(connectors);
        if (round.outcome() == Outcome.ATTEMPTED && settings.mayWrite()) {
            tell(connectors);
        }
        synchronized (this) {
            last = Optional.of(round);
        }
        return round;
    }

    /** In place of a {@link #round} that would be in vain: for this reason, or because the bucket failed so. */
    public synchronized SyncRound noRound(String why, Optional<StoreException> failure) {
        Instant now = push.time().now().wall();
        SyncRound round = failure.map(e -> SyncRound.failed(now, Duration.ZERO, e, List.of()))
                .orElseGet(() -> SyncRound.skipped(now, why));
        last = Optional.of(round);
        return round;
    }

    /** The others go on without it. */
    private void tell(Collection<Connector> connectors) {
        Map<String, Instant> lastBeats = new TreeMap<>();
        connectors.forEach(
                connector -> beats.last(connector.name()).ifPresent(at -> lastBeats.put(connector.name(), at)));
        try {
            pages.publish(lastBeats);
        } catch (StoreException e) {
            // With the next round.
        }
    }

    /** Has the main loop of another machine looked after this login of late, as far as the bucket tells? Blocks. */
    public boolean isTendedElsewhere(String connector) {
        try {
            Instant now = push.time().now().wall();
            return machines().stream()
                    .filter(page -> !page.machine().isSame(settings.self()))
                    .anyMatch(page -> page.isTending(connector, now));
        } catch (StoreException e) {
            return false;
        }
    }

    /** What another machine found out about this bucket, if it calls it the same. @throws StoreException as the bucket does */
    public Optional<ProbeVerdict> sharedVerdict(String place) {
        return bucket.verdict().flatMap(found -> VerdictFile.read(found.value(), place));
    }

    /** Spares the others finding out. What the bucket does not take they find out themselves. */
    public void shareVerdict(String place, ProbeVerdict verdict) {
        try {
            keys.follow(); // under a ring of its own it would be of no use to them, and in their way
            bucket.putVerdict(VerdictFile.json(place, verdict), standingVerdict());
        } catch (StoreException | VaultException e) {
            // They find out themselves.
        }
    }

    /** One that does not open is written anew. */
    private Optional<Version> standingVerdict() {
        try {
            return bucket.verdict().map(Found::version);
        } catch (StoreException e) {
            if (!e.isSpoilt()) {
                throw e;
            }
            return bucket.spoiltVerdict();
        }
    }

    /** What all machines told of themselves. @throws StoreException when the bucket will not tell */
    public List<MachinePage> machines() {
        return bucket.pages();
    }

    /** Empty before the first. */
    public synchronized Optional<SyncRound> last() {
        return last;
    }

    /** As the bucket says, or as it was seen there last if it says nothing. */
    @Override
    public long highestEpoch(String connector) {
        try {
            long there = bucket.state(connector)
                    .map(Found::value)
                    .map(SharedState::epoch)
                    .orElse(0L);
            return Math.max(there, push.book().highestEpoch(connector));
        } catch (StoreException e) {
            return push.book().highestEpoch(connector);
        }
    }

    /** How a login stands in the bucket; empty when it is not there. @throws StoreException when the bucket will not tell */
    public Optional<SharedView> view(String connector) {
        Optional<Lease> lease = bucket.lease(connector).map(Found::value);
        return bucket.state(connector).map(found -> SharedView.of(found.value(), lease));
    }

    /** A login that somebody shares under this name. @throws StoreException when the bucket will not tell */
    public Optional<SharedOffer> offer(String connector) {
        return bucket.state(connector).map(Found::value).flatMap(SharedOffer::of);
    }

    /** Where a person decides between two logins that were made at once. */
    public TwoLogins twoLogins() {
        return new TwoLogins(bucket, vault, localTurn, adoption, push);
    }

    /** This process's turn among those of this machine; take it before the connector's claim. @throws VaultException BUSY */
    public TokenVault.Claim turn(String connector) {
        return localTurn.take(connector, SharedRefresher.PATIENCE);
    }

    /**
     * A login ends here. Call it in {@link #turn}, before the grant is forgotten. @throws VaultException when the disk refuses
     *
     * @param ended empty when it cannot be read
     */
    public void loggedOut(String connector, Optional<Grant> ended) {
        long known = push.book().pageOrBlank(connector).epoch();
        push.book().loggedOut(connector, ended.map(Grant::epoch).orElse(known));
    }

    /** As the last round found. */
    @Override
    public Optional<String> whyNotHere(String connector) {
        return last().flatMap(round -> round.whyNotHere(connector));
    }
}
