// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.util.Optional;

/**
 * What the config says about keys. At most one of the first two; neither means a file of our own.
 *
 * @param keyEncryptionKey where the key is that wraps the key rings
 * @param passphrase where the passphrase is that it is derived from
 * @param rotateEvery how old a primary key may become; empty when a person rotates
 */
record KeysConfig(
        Optional<SecretRef> keyEncryptionKey, Optional<SecretRef> passphrase, Optional<Duration> rotateEvery) {
    static final KeysConfig NONE = new KeysConfig(Optional.empty(), Optional.empty(), Optional.empty());

    /** Do both find the key-encryption key in the same place? */
    boolean isSameKey(KeysConfig other) {
        return keyEncryptionKey.equals(other.keyEncryptionKey) && passphrase.equals(other.passphrase);
    }
}
