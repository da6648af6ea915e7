// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.aead.XChaCha20Poly1305Key;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The 32 bytes that wrap the key ring. */
final class KeyEncryptionKey {
    private static final int LENGTH = 32;

    private final byte[] key;

    private KeyEncryptionKey(byte[] key) {
        this.key = key;
    }

    /** From base64 (either alphabet, padded or not) or hexadecimal digits; empty when that does not give 32 bytes. */
    static Optional<KeyEncryptionKey> of(String text) {
        String digits = text.strip();
        try {
            byte[] bytes = digits.length() == 2 * LENGTH
                    ? HexFormat.of().parseHex(digits.toLowerCase(Locale.ROOT))
                    : Base64.getUrlDecoder().decode(digits.replace('+', '-').replace('/', '_'));
            return bytes.length == LENGTH ? Optional.of(new KeyEncryptionKey(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static KeyEncryptionKey random() {
        return new KeyEncryptionKey(Randomness.key());
    }

    /** @param bytes 32 of them */
    static KeyEncryptionKey of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a key-encryption key has " + LENGTH + " bytes, not " + bytes.length);
        }
        return new KeyEncryptionKey(bytes.clone());
    }

    /** As {@code keys/kek} holds it. */
    byte[] line() {
        return (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The 32 bytes themselves, to be sealed. */
    byte[] bytes() {
        return key.clone();
    }

    @AccessesPartialKey
    Aead aead() {
        try {
            SecretBytes bytes = SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get());
            return KeysetHandle.newBuilder()
                    .setConfiguration(Ring.TINK)
                    .addEntry(KeysetHandle.importKey(XChaCha20Poly1305Key.create(bytes))
                            .withFixedId(1)
                            .makePrimary())
                    .build()
                    .getPrimitive(Ring.TINK, Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("XChaCha20-Poly1305 is not available", e);
        }
    }

    /** Tells whether a ring was wrapped by this key, and nothing about the key: it is one-way and the key is random. */
    String check() {
        return Base64.getEncoder().encodeToString(Fingerprint.of(key, "vigil key-encryption key check"));
    }
}
