// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The key ring as it is right now, also when another process has changed it. Each use reads the few hundred bytes of the
 * file and opens them only if they differ from what we know: a time stamp could miss two changes within one tick of the
 * file system's clock. Any thread but {@code proxy-io}.
 *
 * <p>{@code keys/lock} is held shared around sealing and writing, exclusively around changing the ring. So nothing is ever
 * written under a key that a retirement elsewhere has removed.
 */
final class SealingKeys {
    /** Sealing and writing one file takes milliseconds; so long only if a disk hangs or somebody stopped a process. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final RingFile file;
    private final Path lock;
    private final TimeSource time;
    private final BooleanSupplier anythingSealed;

    /** What the file held when {@link #ring} was opened, or could last not be opened. Guarded by this. */
    private byte @Nullable [] seen;
    /** Guarded by this. */
    private @Nullable Ring ring;
    /** When a ring that could not be opened is looked at again. Guarded by this. */
    private @Nullable Deadline again;

    /** @param anythingSealed are there sealed files, which a new ring could not open? */
    SealingKeys(RingFile file, Path lock, TimeSource time, BooleanSupplier anythingSealed) {
        this.file = file;
        this.lock = lock;
        this.time = time;
        this.anythingSealed = anythingSealed;
    }

    /** The ring, made if this vault has never had one. */
    Ring current() {
        return find().orElseGet(() -> alone(ring -> ring));
    }

    /** Seals and writes with the current primary; no key is retired meanwhile. */
    void sealing(Consumer<Ring> work) {
        current(); // a first ring is made alone, so not in the shared gate
        try (FileGate gate = FileGate.shared(lock, PATIENCE)) {
            work.accept(find().orElseThrow(this::missing));
        }
    }

    /** Works while nobody else seals anything. */
    <T> T alone(Function<Ring, T> work) {
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            return work.apply(foundOrMade());
        }
    }

    /** Puts another ring in place, durably. Call it {@link #alone}. */
    Ring replace(Ring ring) {
        file.write(ring);
        return ring;
    }

    /** The ring as it stands; empty before the first use. */
    synchronized Optional<Ring> find() {
        Optional<byte[]> content = file.bytes();
        if (content.isEmpty()) {
            return Optional.empty();
        }
        boolean isDue = again != null && again.isDue(time.now());
        if (ring == null || isDue || !Arrays.equals(content.get(), seen)) {
            ring = opened(content.get());
            seen = content.get();
        }
        return Optional.of(ring);
    }

    /**
     * A daemon may not have the key-encryption key that the ring has been given: it was started without that variable. What
     * it holds serves on for as long as the ring lists the primary, since then nothing is sealed that others cannot open.
     */
    private Ring opened(byte[] content) {
        try {
            again = null;
            return file.open(content).ring();
        } catch (VaultException e) {
            Ring held = ring;
            if (held == null || e.kind() != Kind.KEY || !file.isListed(content, held.vault(), held.primary())) {
                throw e;
            }
            again = Deadline.in(LOOK_AGAIN, time.now());
            return held;
        }
    }

    private Ring foundOrMade() {
        Optional<Ring> found = find();
        if (found.isPresent()) {
            return found.get();
        }
        if (anythingSealed.getAsBoolean()) {
            throw missing();
        }
        return replace(Ring.fresh(time.now().wall()));
    }

    private VaultException missing() {
        return new VaultException(
                Kind.KEY,
                file.path(),
                file.path() + " is missing, and only its keys open the stored logins. Restore it from a backup; without"
                        + " one, move the folders grants and clients away and log in again");
    }
}
