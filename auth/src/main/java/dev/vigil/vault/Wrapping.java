// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.util.Optional;

/**
 * A key-encryption key, and what a ring says about where it came from.
 *
 * @param word "file" (keys/kek), "given" (by the config) or "passphrase"
 * @param kdf how the key was derived; present for a passphrase only
 */
record Wrapping(String word, Optional<Kdf> kdf, KeyEncryptionKey key) {
    boolean isSameKey(Wrapping other) {
        return key.check().equals(other.key.check());
    }
}
