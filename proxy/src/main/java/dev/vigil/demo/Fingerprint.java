// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells two tokens apart without holding either: our tokens are 256 random bits, so that a plain SHA-256 cannot be turned
 * around.
 *
 * @param digest SHA-256, in hex
 */
public record Fingerprint(String digest) {

    public static Fingerprint of(Secret token) {
        byte[] bytes = token.reveal().getBytes(StandardCharsets.UTF_8);
        return new Fingerprint(HexFormat.of().formatHex(sha256(bytes)));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Enough of it for people to tell tokens apart in a log. */
    @Override
    public String toString() {
        return digest.substring(0, 12);
    }
}
