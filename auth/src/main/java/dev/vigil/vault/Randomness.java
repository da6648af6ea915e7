// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;

/** Where chance comes from: the system's generator, fit for keys. Any thread. */
public final class Randomness {
    /** 256 bits: nobody guesses that, so nothing made of it needs a salt or a slow hash. */
    private static final int KEY_LENGTH = 32;

    private static final SecureRandom SYSTEM = new SecureRandom();

    private Randomness() {}

    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        SYSTEM.nextBytes(bytes);
        return bytes;
    }

    /** 32 bytes. */
    static byte[] key() {
        return bytes(KEY_LENGTH);
    }

    /** 32 bytes in base64url behind a prefix by which people and scanners know what it is. */
    static String word(String prefix) {
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(key());
    }

    static UUID uuid() {
        return UUID.randomUUID();
    }
}
