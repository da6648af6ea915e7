// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.RingJson.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts another key-encryption key in the place of the one that wraps the rings. In this order:
 *
 * <ol>
 *   <li>the bucket's ring, where there is a bucket, opens with the old key and with the next one ({@link #sharedSeal} has both)
 *   <li>{@link #wrapTwice}: the rings here too
 *   <li>{@link #putFile} and the config: from the later of the two on, the next key is the key
 *   <li>the bucket's ring: the next key alone
 *   <li>{@link #finish}: the rings here too
 * </ol>
 *
 * Stopped at any point, the key that the config and {@code keys/kek} give opens everything, before or after the change, and
 * a change from the beginning takes it to its end. One process of a machine at a time. Blocks on the disk and throws
 * {@link VaultException}.
 */
public final class KekChange implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String DAMAGED = "Restore it from a backup; the key-encryption key is not the trouble";

    private final Home home;
    private final KekSource now;
    private final KekSource next;
    private final Optional<KeyEncryptionKey> newFile;
    private final SafeFiles files;
    private final SharedSeal sharedSeal;
    private final FileGate alone;

    /** @param newFile what {@code keys/kek} is to hold, if the next key is to be there */
    KekChange(
            Home home,
            KekSource now,
            KekSource next,
            Optional<KeyEncryptionKey> newFile,
            SafeFiles files,
            TimeSource time) {
        this.home = home;
        this.now = now;
        this.next = next;
        this.newFile = newFile;
        this.files = files;
        this.sharedSeal = new SharedSeal(new SharedRing(home, List.of(now, next), files, time));
        this.alone = FileGate.exclusive(home.keyChangeLock(), PATIENCE);
    }

    /** What machines share, for as long as this change goes on. */
    public SharedSeal sharedSeal() {
        return sharedSeal;
    }

    /**
     * The rings here open with both keys afterwards.
     *
     * @param sharedToo also the copy of the bucket's ring, since no bucket is asked
     */
    public void wrapTwice(boolean sharedToo) {
        wrapTwice(home.keyRing(), home.keyRingLock());
        if (sharedToo) {
            wrapTwice(home.sharedRing(), home.sharedRingLock());
        }
    }

    /** Puts the next key into {@code keys/kek}, if that is where it is to be. */
    public void putFile() {
        newFile.ifPresent(key -> files.replace(home.keyEncryptionKey(), key.line()));
    }

    /**
     * The rings here open with the next key alone afterwards.
     *
     * @param keptFile a file that is not removed though it be {@code keys/kek}: the next key is read from there
     */
    public void finish(Optional<Path> keptFile) {
        wrapOnce(home.keyRing(), home.keyRingLock());
        wrapOnce(home.sharedRing(), home.sharedRingLock());
        if (newFile.isEmpty() && !keptFile.equals(Optional.of(home.keyEncryptionKey()))) {
            files.delete(home.keyEncryptionKey());
        }
    }

    /** Lets another change begin. */
    @Override
    public void close() {
        alone.close();
    }

    private void wrapTwice(Path path, Path lock) {
        rewrap(path, lock, content -> {
            if (read(path, content, List.of(next)) instanceof Reading.Open) {
                return Optional.empty();
            }
            Reading.Open open = new RingFile(path, List.of(now), files).open(content);
            return Optional.of(RingJson.wrapped(open.ring(), open.by(), Optional.of(next.forNew())));
        });
    }

    private void wrapOnce(Path path, Path lock) {
        rewrap(path, lock, content -> {
            boolean isDone = read(path, content, List.of(next)) instanceof Reading.Open open && !open.isDouble();
            if (isDone) {
                return Optional.empty();
            }
            Reading.Open open = new RingFile(path, List.of(next), files).open(content);
            return Optional.of(RingJson.wrapped(open.ring(), open.by(), Optional.empty()));
        });
    }

    private void rewrap(Path path, Path lock, Rewrapping rewrapping) {
        JsonFile file = new JsonFile(files, path, DAMAGED);
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            Optional<byte[]> content = file.bytes();
            content.flatMap(rewrapping::of)
                    .ifPresent(fresh -> file.write(Fields.withUnknown(
                            fresh, Fields.parse(content.orElseThrow()).node())));
        }
    }

    private Reading read(Path path, byte[] content, List<KekSource> sources) {
        return new JsonFile(files, path, DAMAGED).parse(content, fields -> RingJson.open(fields, sources));
    }

    /** A ring otherwise wrapped; empty when it is fine as it is. */
    @FunctionalInterface
    private interface Rewrapping {
        Optional<ObjectNode> of(byte[] content);
    }
}
