// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Seals what machines share, under a key ring of their own that they share too ({@link Envelope}). The names of the objects
 * are keyed hashes, since what a bucket lists tells as much as what it holds. Any thread but {@code proxy-io}; reads the
 * ring's file at each call, and throws {@link VaultException} KEY when there is none: the ring comes from the bucket.
 */
public final class SharedSeal {
    private static final String REMEDY = "Vigil does not use it";

    private final SharedRing ring;

    SharedSeal(SharedRing ring) {
        this.ring = ring;
    }

    /** The keys that seal. */
    public SharedRing ring() {
        return ring;
    }

    /**
     * @param kind a word of small letters
     * @param name see {@link #hidden}
     */
    public byte[] seal(String kind, String name, byte[] content) {
        return Envelope.around(content, ring.current(), kind, name).bytes();
    }

    /**
     * @param where for messages
     * @throws VaultException UNREADABLE when it was changed, or sealed as something else, by another vault or under a key that
     *     is not on the ring; TOO_NEW
     */
    public byte[] open(String kind, String name, byte[] sealed, String where) {
        Path place = Path.of(where);
        return Envelope.parse(sealed, place, REMEDY).open(ring.current(), kind, name, place, REMEDY);
    }

    /** Is the key that this was sealed with on the ring? Throws like {@link #open}. */
    public boolean hasKeyOf(byte[] sealed, String where) {
        return ring.current()
                .holds(Envelope.parse(sealed, Path.of(where), REMEDY).keyId());
    }

    /** 32 hexadecimal digits from which nobody without the ring learns the name, not even by guessing. */
    public String hidden(String name) {
        return HexFormat.of().formatHex(Fingerprint.of(ring.current().fingerprintKey(), "object|" + name));
    }
}
