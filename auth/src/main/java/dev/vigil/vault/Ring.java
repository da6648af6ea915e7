// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.XChaCha20Poly1305Parameters;
import dev.vigil.auth.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The keys of one vault at one moment, open. Immutable.
 *
 * <p>Data keys are XChaCha20-Poly1305: its nonces of 192 bits may be drawn at random, also by machines that share keys.
 * The key of the fingerprints stays the same for the life of the vault, so that an intent can be compared after a rotation.
 */
final class Ring {
    /** Tink's key types without its global registry: faster to load, and nobody else can change it. */
    static final Configuration TINK = AeadConfig2026.get();

    private static final XChaCha20Poly1305Parameters FRESH_KEY =
            XChaCha20Poly1305Parameters.create(XChaCha20Poly1305Parameters.Variant.TINK);

    private final UUID vault;
    private final KeysetHandle keyset;
    private final byte[] fingerprintKey;
    private final Map<Long, Instant> created;
    private final Revision revision;
    private final Aead aead;

    Ring(UUID vault, KeysetHandle keyset, byte[] fingerprintKey, Map<Long, Instant> created, Revision revision)
            throws GeneralSecurityException {
        this.vault = vault;
        this.keyset = keyset;
        this.fingerprintKey = fingerprintKey.clone();
        this.created = Map.copyOf(created);
        this.revision = revision;
        this.aead = keyset.getPrimitive(TINK, Aead.class);
    }

    /**
     * Which state of a ring this is.
     *
     * @param number counts changes; 0 for rings from before it was counted
     * @param shutOut the number of the last change that shut somebody out: what was sealed under keys that are gone since is
     *     not trusted any more; 0 for never
     */
    record Revision(long number, long shutOut) {
        static final Revision FIRST = new Revision(1, 0);

        Revision {
            if (number < 0 || shutOut < 0 || shutOut > number) {
                throw new IllegalArgumentException("there is no revision " + number + " shut out at " + shutOut);
            }
        }

        Revision next() {
            return new Revision(number + 1, shutOut);
        }

        Revision shuttingOut() {
            return new Revision(number + 1, number + 1);
        }
    }

    /** A new vault with one key. */
    static Ring fresh(Instant now) {
        return built(Randomness.uuid(), KeysetHandle.newBuilder(), Randomness.key(), Map.of(), Revision.FIRST, now);
    }

    /** With a new primary; every old key still opens what it sealed. */
    Ring rotated(Instant now) {
        return built(vault, KeysetHandle.newBuilder(keyset), fingerprintKey, created, revision.next(), now);
    }

    /** With a new primary, to keep somebody out who knows the old keys; they open what they sealed until {@link #retired}. */
    Ring shuttingOut(Instant now) {
        return built(vault, KeysetHandle.newBuilder(keyset), fingerprintKey, created, revision.shuttingOut(), now);
    }

    /** The same keys as a newer state: to be wrapped otherwise, or to prevail. */
    Ring raised() {
        try {
            return new Ring(vault, keyset, fingerprintKey, created, revision.next());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a keyset stays one", e);
        }
    }

    /** With the primary alone. */
    Ring retired() {
        KeysetHandle.Builder builder = KeysetHandle.newBuilder(keyset);
        for (int at = builder.size() - 1; at >= 0; at--) {
            if (!builder.getAt(at).isPrimary()) {
                builder.deleteAt(at);
            }
        }
        try {
            KeysetHandle left = builder.setConfiguration(TINK).build();
            return new Ring(vault, left, fingerprintKey, Map.of(primary(), createdAt(primary())), revision.next());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a keyset without its old keys is a keyset", e);
        }
    }

    UUID vault() {
        return vault;
    }

    KeysetHandle keyset() {
        return keyset;
    }

    Revision revision() {
        return revision;
    }

    boolean holds(long keyId) {
        return keyIds().contains(keyId);
    }

    byte[] fingerprintKey() {
        return fingerprintKey.clone();
    }

    /** Unsigned, as Tink prints it. */
    long primary() {
        return Integer.toUnsignedLong(keyset.getPrimary().getId());
    }

    /** Oldest first. */
    List<Long> keyIds() {
        return IntStream.range(0, keyset.size())
                .mapToObj(at -> Integer.toUnsignedLong(keyset.getAt(at).getId()))
                .toList();
    }

    Instant createdAt(long keyId) {
        return created.getOrDefault(keyId, Instant.EPOCH);
    }

    /** @param bound associated data: what the sealed bytes are, and whose */
    byte[] encrypt(byte[] plain, String bound) {
        try {
            return aead.encrypt(plain, bound.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    /** Empty when the bytes were changed, or were bound to something else. */
    Optional<byte[]> decrypt(byte[] sealed, String bound) {
        try {
            return Optional.of(aead.decrypt(sealed, bound.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    String fingerprint(Secret token) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Fingerprint.of(fingerprintKey, token.reveal()));
    }

    private static Ring built(
            UUID vault,
            KeysetHandle.Builder builder,
            byte[] fingerprintKey,
            Map<Long, Instant> created,
            Revision revision,
            Instant now) {
        try {
            KeysetHandle keyset = builder.setConfiguration(TINK)
                    .addEntry(KeysetHandle.generateEntryFromParameters(FRESH_KEY)
                            .withRandomId()
                            .makePrimary())
                    .build();
            Map<Long, Instant> dates = new HashMap<>(created);
            dates.put(Integer.toUnsignedLong(keyset.getPrimary().getId()), now);
            return new Ring(vault, keyset, fingerprintKey, dates, revision);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }
}
