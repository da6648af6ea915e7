// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One-way images of values that may not be stored. */
final class Fingerprint {
    /** Half of the hash: nobody can search for a second value of 128 bits. */
    private static final int LENGTH = 16;

    private Fingerprint() {}

    /** Keyed: without the key nobody can even try guesses. HMAC-SHA256 (RFC 2104), cut to 16 bytes. */
    static byte[] of(byte[] key, String value) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)), LENGTH);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    /** Not keyed: for values with 256 random bits, and for names that are no secrets. */
    static byte[] sha256(String value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
