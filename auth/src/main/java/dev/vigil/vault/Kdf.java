// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a passphrase becomes a key (RFC 8018, 5.2): slowly, so that guesses are dear, and with a salt, so that they serve for one
 * file only. In JSON {@code {name, iterations, salt}}, the salt in base64.
 *
 * @param salt in base64
 */
record Kdf(int iterations, String salt) {
    private static final String NAME = "PBKDF2WithHmacSHA256";
    /** What OWASP recommends for this function (2023); half a second. */
    private static final int ITERATIONS = 600_000;
    /** What a file may ask of us: less is no protection, and more only keeps the processor busy. */
    private static final int FEWEST = 100_000;

    private static final int MOST = 10_000_000;
    private static final int SALT_LENGTH = 16;
    private static final int LONGEST_SALT = 64;
    private static final int KEY_BITS = 256;

    Kdf {
        if (iterations < FEWEST || iterations > MOST) {
            throw new IllegalArgumentException("field 'kdf' asks for " + iterations + " iterations, and Vigil does "
                    + FEWEST + " to " + MOST + " only");
        }
        int length = bytes(salt).length;
        if (length < SALT_LENGTH || length > LONGEST_SALT) {
            throw new IllegalArgumentException("field 'kdf' has a salt of " + length + " bytes");
        }
    }

    static Kdf fresh() {
        return new Kdf(ITERATIONS, Base64.getEncoder().encodeToString(Randomness.bytes(SALT_LENGTH)));
    }

    /** @throws IllegalArgumentException naming what is not as it must be */
    static Kdf read(Fields fields) {
        if (!fields.text("name").equals(NAME)) {
            throw new IllegalArgumentException("field 'kdf' names a function that this Vigil does not know");
        }
        return new Kdf(Math.toIntExact(Math.min(fields.number("iterations"), Integer.MAX_VALUE)), fields.text("salt"));
    }

    ObjectNode into(ObjectNode node) {
        return node.put("name", NAME).put("iterations", iterations).put("salt", salt);
    }

    /** Takes half a second or, where a file asks for it, up to ten. */
    KeyEncryptionKey derive(Secret passphrase) {
        PBEKeySpec spec = new PBEKeySpec(passphrase.reveal().toCharArray(), bytes(salt), iterations, KEY_BITS);
        try {
            return KeyEncryptionKey.of(
                    SecretKeyFactory.getInstance(NAME).generateSecret(spec).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + NAME, e);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] bytes(String salt) {
        return Base64.getDecoder().decode(salt);
    }
}
