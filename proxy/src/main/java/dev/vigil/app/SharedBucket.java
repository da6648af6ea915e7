// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.BucketProof;
import dev.vigil.sync.LazyStore;
import dev.vigil.sync.Machine;
import dev.vigil.sync.MachineFile;
import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.ProbedStore;
import dev.vigil.sync.ProvenStore;
import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.SharedStep;
import dev.vigil.sync.Sharing;
import dev.vigil.sync.SharingBook;
import dev.vigil.sync.StoreException;
import dev.vigil.sync.SyncRound;
import dev.vigil.sync.VerdictFile;
import dev.vigil.vault.Home;
import dev.vigil.vault.SafeFiles;
import dev.vigil.vault.SharedSeal;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The bucket of the config, opened: its store, what was found out about it, and this machine's part in it. Opening it asks
 * nothing of the network.
 */
final class SharedBucket implements AutoCloseable {
    private static final String UNPROVEN = "nobody has found out yet whether the bucket is fit. Run: vigil sync init";

    private final SyncConfig config;
    private final ProbedStore store;
    private final BucketProof proof;
    private final Machine self;
    private final Sharing sharing;

    private SharedBucket(SyncConfig config, ProbedStore store, BucketProof proof, Machine self, Sharing sharing) {
        this.config = config;
        this.store = store;
        this.proof = proof;
        this.self = self;
        this.sharing = sharing;
    }

    /**
     * @param story hears what happens to shared logins
     * @throws VaultException when the home cannot be used
     */
    static SharedBucket open(
            SyncConfig config,
            Home home,
            Vault vault,
            SecretReader secrets,
            TimeSource time,
            Consumer<SharedStep> story) {
        SafeFiles files = SafeFiles.onDisk();
        Machine self = new MachineFile(home.machine(), files)
                .self(config.machine().orElseGet(MachineName::host), MachineName.find());
        ProbedStore store = new LazyStore(config.place(), () -> StoreOfConfig.open(config, secrets, time));
        BucketProof proof = new BucketProof(store, new VerdictFile(home.bucket(), files), config.place(), time);
        Sharing sharing = new Sharing(
                new ProvenStore(store, proof::verdict),
                vault.sharedSeal(),
                vault.grants(),
                book(home),
                (connector, patience) -> turn(home.locks().resolve(".shared-" + connector), patience),
                new Sharing.Settings(self, !config.readOnly(), config.refreshAlone()),
                vault.beats(),
                time,
                story);
        return new SharedBucket(config, store, proof, self, sharing);
    }

    /** What this machine knows of the bucket, also when it has none any more. */
    static SharingBook book(Home home) {
        return new SharingBook(home.shared(), SafeFiles.onDisk());
    }

    Sharing sharing() {
        return sharing;
    }

    /** The shared key ring for who seals otherwise than this machine does as a rule. */
    SharedKeys keysSealedBy(SharedSeal seal) {
        return new SharedKeys(new ProvenStore(store, this::verdict), seal);
    }

    Machine self() {
        return self;
    }

    String place() {
        return config.place();
    }

    SyncConfig config() {
        return config;
    }

    Optional<ProbeVerdict> verdict() {
        return proof.verdict();
    }

    /** Finds out whether the bucket is fit, writes it down, and tells the others. Some seconds, and some 1600 requests. */
    ProbeVerdict prove() {
        ProbeVerdict verdict = proof.run();
        tell(verdict);
        return verdict;
    }

    /** The same where it is time. What a bucket that is not well would not tell stays as it was. */
    Optional<ProbeVerdict> proveIfDue() {
        try {
            Optional<ProbeVerdict> verdict = proof.runIfDue();
            verdict.ifPresent(this::tell);
            return verdict;
        } catch (StoreException | VaultException e) {
            return Optional.empty();
        }
    }

    private void tell(ProbeVerdict verdict) {
        if (verdict.isAccepted()) {
            sharing.shareVerdict(config.place(), verdict);
        }
    }

    /** Brings vault and bucket together. Where nobody here has found out whether the bucket is fit, another machine may have. */
    SyncRound round(Collection<Connector> connectors) {
        Optional<StoreException> failure = Optional.empty();
        if (proof.verdict().isEmpty()) {
            try {
                sharing.sharedVerdict(config.place()).ifPresent(proof::take);
            } catch (StoreException e) {
                failure = Optional.of(e);
            } catch (VaultException e) {
                // It cannot be written down, so the next round asks again.
            }
        }
        return proof.verdict().isEmpty() ? sharing.noRound(UNPROVEN, failure) : sharing.round(connectors);
    }

    @Override
    public void close() {
        store.close();
    }

    /** A dot keeps our own locks apart from those of connectors. */
    private static TokenVault.Claim turn(Path file, Duration patience) {
        try {
            FileTurn turn = FileTurn.take(file, patience)
                    .orElseThrow(() -> new VaultException(
                            VaultException.Kind.BUSY, file, file + " is held by another process of this machine"));
            return () -> give(turn);
        } catch (IOException e) {
            throw new VaultException(VaultException.Kind.IO, file, file + " cannot be locked (" + e + ")", e);
        }
    }

    private static void give(FileTurn turn) {
        try {
            turn.close();
        } catch (IOException e) {
            // The kernel has taken it back with the descriptor.
        }
    }
}
