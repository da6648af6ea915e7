// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Grant;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that is kept in files, opened together. Opening looks at folders only; keys are read, or made, when something
 * is first sealed or opened. Any thread but {@code proxy-io}.
 */
public final class Vault {
    private final Home home;
    private final SafeFiles files;
    private final TimeSource time;
    private final KekSource keks;
    private final FileVault grants;
    private final FileClients clients;
    private final FileSnapshots snapshots;
    private final FileSessions sessions;
    private final SharedSeal sharedSeal;
    private final KeyRing keyRing;

    /** Guarded by this. */
    private @Nullable LocalKeys localKeys;
    /** Guarded by this. */
    private @Nullable OwnerKey ownerKey;

    Vault(Home home, Optional<Supplier<Secret>> keyEncryptionKey, SafeFiles files, TimeSource time) {
        this(home, () -> origin(keyEncryptionKey), files, time);
    }

    Vault(Home home, Supplier<KeyOrigin> keyOrigin, SafeFiles files, TimeSource time) {
        this.home = home;
        this.files = files;
        this.time = time;
        this.keks = new KekSource(keyOrigin, home.keyEncryptionKey(), files);
        RingFile ring = new RingFile(home.keyRing(), List.of(keks), files);
        SealingKeys sealing = new SealingKeys(
                ring, home.keyRingLock(), time, () -> SealedFolder.isAnyIn(files, home.grants(), home.clients()));
        SealedFolder<Grant> sealedGrants = new SealedFolder<>(home.grants(), TokenSealer.GRANTS, sealing, files);
        SealedFolder<RegisteredClient> sealedClients =
                new SealedFolder<>(home.clients(), TokenSealer.CLIENTS, sealing, files);
        SealedFolder<ObjectNode> sealedSnapshots =
                SealedFolder.ofExpendables(home.snapshots(), TokenSealer.SNAPSHOTS, sealing, files);
        SealedFolder<ObjectNode> sealedSessions =
                SealedFolder.ofExpendables(home.sessions(), TokenSealer.SESSIONS, sealing, files);
        this.snapshots = new FileSnapshots(sealedSnapshots);
        this.sessions = new FileSessions(sealedSessions);
        this.grants = new FileVault(home, sealedGrants, snapshots, sealing, files, time);
        this.clients = new FileClients(sealedClients);
        this.sharedSeal = new SharedSeal(new SharedRing(home, List.of(keks), files, time));
        this.keyRing =
                new KeyRing(sealing, List.of(sealedGrants, sealedClients, sealedSnapshots, sealedSessions), time);
    }

    /**
     * Prepares the home ({@link Home#prepare}) and opens the vault.
     *
     * @param keyEncryptionKey 32 bytes in base64 or hexadecimal, asked for whenever the key ring is read; empty for the file
     *     {@code keys/kek}
     * @throws VaultException UNSAFE or IO
     */
    public static Vault open(Home home, Optional<Supplier<Secret>> keyEncryptionKey) {
        home.prepare();
        return new Vault(home, keyEncryptionKey, SafeFiles.onDisk(), TimeSource.system());
    }

    /**
     * As {@link #open(Home, Optional)}.
     *
     * @param keyOrigin asked whenever a key ring is read, so that a change takes effect without a restart; may throw what its
     *     owner understands
     */
    public static Vault open(Home home, Supplier<KeyOrigin> keyOrigin, TimeSource time) {
        home.prepare();
        return new Vault(home, keyOrigin, SafeFiles.onDisk(), time);
    }

    private static KeyOrigin origin(Optional<Supplier<Secret>> keyEncryptionKey) {
        return keyEncryptionKey.<KeyOrigin>map(KeyOrigin.Given::new).orElseGet(KeyOrigin.OwnFile::new);
    }

    public FileVault grants() {
        return grants;
    }

    public FileClients clients() {
        return clients;
    }

    public FileSnapshots snapshots() {
        return snapshots;
    }

    public FileSessions sessions() {
        return sessions;
    }

    public FileBeats beats() {
        return new FileBeats(home.beats(), files);
    }

    public FileIssuers issuers() {
        return new FileIssuers(home.issuers(), files, time);
    }

    public FileLogins logins() {
        return new FileLogins(journal("logins"));
    }

    public FileLosses losses() {
        return new FileLosses(journal("lost-answers"), time);
    }

    /** @param name of the history, without an ending */
    public Journal journal(String name) {
        return new Journal(home.events().resolve(name + ".jsonl"), home.eventsLock(), files);
    }

    /** What machines share is sealed under a ring of its own, wrapped by the same key-encryption key. */
    public SharedSeal sharedSeal() {
        return sharedSeal;
    }

    /**
     * Another key-encryption key for the rings. Close it.
     *
     * @param target where the next key is; for the file {@code keys/kek} one is made
     * @throws VaultException BUSY when another change is under way, KEY when the next key is none
     */
    public KekChange changeKeyTo(KeyOrigin target) {
        if (target instanceof KeyOrigin.OwnFile) {
            return changeKeyTo(KeyEncryptionKey.random());
        }
        KekSource next = new KekSource(() -> target, home.keyEncryptionKey(), files);
        next.forNew(); // before anything is touched
        return new KekChange(home, keks, next, Optional.empty(), files, time);
    }

    /**
     * The key-encryption key for another machine, sealed by a passphrase.
     *
     * @throws VaultException KEY when {@code keys/kek} is not there yet
     * @throws IllegalArgumentException for a passphrase that is too short
     */
    public byte[] exportKey(Secret passphrase) {
        KekSource file = new KekSource(KeyOrigin.OwnFile::new, home.keyEncryptionKey(), files);
        Wrapping key = file.find(Optional.empty())
                .orElseThrow(() -> new VaultException(
                        VaultException.Kind.KEY,
                        home.keyEncryptionKey(),
                        home.keyEncryptionKey() + " is not there yet, so there is nothing to hand over. It is made with"
                                + " the first login, or by: vigil sync init"));
        return KeyParcel.sealed(key.key(), passphrase, time.now().wall());
    }

    /**
     * The change to the key that {@link #exportKey} gave on another machine. Close it.
     *
     * @param from for messages
     * @throws VaultException KEY for a wrong passphrase, UNREADABLE, TOO_NEW, BUSY
     */
    public KekChange importKey(byte[] exported, Secret passphrase, Path from) {
        return changeKeyTo(KeyParcel.opened(exported, passphrase, from));
    }

    private KekChange changeKeyTo(KeyEncryptionKey key) {
        KekSource next = KekSource.file(key, home.keyEncryptionKey(), files);
        return new KekChange(home, keks, next, Optional.of(key), files, time);
    }

    public KeyRing keyRing() {
        return keyRing;
    }

    /** Reads the file at the first call. */
    public synchronized LocalKeys localKeys() {
        if (localKeys == null) {
            localKeys = new LocalKeys(home.localKeys(), home.localKeysLock(), files, time);
        }
        return localKeys;
    }

    /** Reads or makes the key at the first call. */
    public synchronized OwnerKey ownerKey() {
        if (ownerKey == null) {
            ownerKey = OwnerKey.open(home.ownerKey(), home.ownerKeyLock(), files);
        }
        return ownerKey;
    }
}
