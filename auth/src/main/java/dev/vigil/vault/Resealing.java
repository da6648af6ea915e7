// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts shared objects under the primary key of a ring. Immutable; any thread.
 */
public final class Resealing {
    private static final String REMEDY = "It stays as it is";

    private final Ring before;
    private final Ring now;

    /** @param before also opens what is under a key that {@code now} has no more */
    Resealing(Ring before, Ring now) {
        this.before = before;
        this.now = now;
    }

    /** Did the ring lose a key? Then there may be something that only the state before opens. */
    public boolean hasLostKeys() {
        return !now.keyIds().containsAll(before.keyIds());
    }

    /**
     * @param kind see {@link SharedSeal#seal}
     * @param where for messages
     * @return the same content under the primary key; empty when it is that already
     * @throws VaultException as {@link SharedSeal#open}
     */
    public Optional<byte[]> anew(String kind, String name, byte[] sealed, String where) {
        Path place = Path.of(where);
        Envelope envelope = Envelope.parse(sealed, place, REMEDY);
        if (envelope.keyId() == now.primary()) {
            return Optional.empty();
        }
        Ring opening = now.holds(envelope.keyId()) ? now : before;
        byte[] content = envelope.open(opening, kind, name, place, REMEDY);
        return Optional.of(Envelope.around(content, now, kind, name).bytes());
    }
}
