// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.vault.KeyOrigin;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the key-encryption key is, as the config file says right now; while the file has mistakes, as it said last. So a
 * daemon follows {@code vigil keys rewrap} without a restart. Any thread but {@code proxy-io}.
 */
final class ConfiguredKey implements Supplier<KeyOrigin> {
    private final Supplier<Config> config;
    private final SecretReader secrets;

    /** Guarded by this. */
    private @Nullable KeyOrigin last;

    /** @param config reads the file */
    ConfiguredKey(Supplier<Config> config, SecretReader secrets) {
        this.config = config;
        this.secrets = secrets;
    }

    /** @throws ConfigException for a file with mistakes that was never without */
    @Override
    public synchronized KeyOrigin get() {
        try {
            last = origin(config.get().keys(), secrets);
        } catch (ConfigException e) {
            if (last == null) {
                throw e;
            }
        }
        return last;
    }

    /** Follows no reference yet. */
    static KeyOrigin origin(KeysConfig keys, SecretReader secrets) {
        return keys.keyEncryptionKey()
                .<KeyOrigin>map(ref -> new KeyOrigin.Given(() -> secrets.read(ref, "keys.keyEncryptionKey")))
                .or(() -> keys.passphrase()
                        .map(ref -> new KeyOrigin.Passphrase(() -> secrets.read(ref, "keys.passphrase"))))
                .orElseGet(KeyOrigin.OwnFile::new);
    }
}
