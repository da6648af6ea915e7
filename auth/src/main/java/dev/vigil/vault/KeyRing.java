// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that seal everything, for those who look after them: list, rotate, retire. Any thread but {@code proxy-io};
 * every method blocks on the disk and throws {@link VaultException}. A running daemon needs no word about a change: it
 * notices by itself.
 */
public final class KeyRing {
    private final SealingKeys keys;
    private final List<SealedFolder<?>> folders;
    private final TimeSource time;

    KeyRing(SealingKeys keys, List<SealedFolder<?>> folders, TimeSource time) {
        this.keys = keys;
        this.folders = List.copyOf(folders);
        this.time = time;
    }

    /**
     * One key of the ring.
     *
     * @param id as Tink prints it
     * @param primary does it seal what is written now? The others only open what they sealed
     * @param files how many sealed files need it; damaged files are not counted
     */
    public record Key(long id, boolean primary, Instant created, int files) {}

    /**
     * What a rotation did.
     *
     * @param primary the new key
     * @param sealedAnew how many files are under it now that were not before
     * @param left messages about files that are still under an old key, which stays readable
     */
    public record Rotation(long primary, int sealedAnew, List<String> left) {}

    /**
     * What a retirement did.
     *
     * @param removed ids of the keys that are gone
     */
    public record Retirement(List<Long> removed, int sealedAnew) {}

    /** All keys, oldest first; opens no sealed file. */
    public List<Key> keys() {
        Optional<Ring> ring = keys.find();
        return ring.isEmpty() ? List.of() : listed(ring.get());
    }

    /**
     * Makes a new primary key, durably and beside the old ones, then seals every file again. Old keys stay readable until
     * {@link #retire}. Stopped at any point, everything can be opened and the next call goes on.
     */
    public Rotation rotate() {
        Ring rotated = keys.alone(ring -> keys.replace(ring.rotated(time.now().wall())));
        List<String> left = new ArrayList<>();
        int sealedAnew = 0;
        for (SealedFolder<?> folder : folders) {
            for (String name : folder.names()) {
                try {
                    // Alone for each file, not for all: a refresh must not wait until the last one is done.
                    sealedAnew += keys.alone(ring -> folder.reseal(ring, name)) ? 1 : 0;
                } catch (VaultException e) {
                    left.add(e.getMessage());
                }
            }
        }
        return new Rotation(rotated.primary(), sealedAnew, List.copyOf(left));
    }

    /**
     * Makes sure that every file is under the primary key, then removes the old keys for good. Nobody seals meanwhile.
     *
     * @throws VaultException when a file cannot be sealed again, also because it does not tell which key it needs; then no
     *     key is removed
     */
    public Retirement retire() {
        return keys.alone(ring -> {
            int sealedAnew = sealAllAnew(ring);
            List<Long> old =
                    ring.keyIds().stream().filter(id -> id != ring.primary()).toList();
            if (!old.isEmpty()) {
                keys.replace(ring.retired());
            }
            return new Retirement(old, sealedAnew);
        });
    }

    private int sealAllAnew(Ring ring) {
        int sealedAnew = 0;
        for (SealedFolder<?> folder : folders) {
            for (String name : folder.names()) {
                try {
                    sealedAnew += folder.reseal(ring, name) ? 1 : 0;
                } catch (VaultException e) {
                    throw new VaultException(e.kind(), e.file(), "no key was retired: " + e.getMessage(), e);
                }
            }
        }
        return sealedAnew;
    }

    private List<Key> listed(Ring ring) {
        List<Long> used = folders.stream()
                .flatMap(folder -> folder.names().stream().flatMap(name -> folder.keyId(name).stream()))
                .toList();
        return ring.keyIds().stream()
                .map(id -> new Key(id, id == ring.primary(), ring.createdAt(id), (int)
                        used.stream().filter(id::equals).count()))
                .toList();
    }
}
