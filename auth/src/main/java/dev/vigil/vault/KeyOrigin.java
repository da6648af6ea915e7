// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import java.util.function.Supplier;

/** Where the key-encryption key of a vault comes from. The suppliers may block, and say by their exceptions what is wrong. */
public sealed interface KeyOrigin {
    /** The file {@code keys/kek}, made at first use. */
    record OwnFile() implements KeyOrigin {}

    /** @param key 32 bytes in base64 or hexadecimal */
    record Given(Supplier<Secret> key) implements KeyOrigin {}

    /** @param passphrase at least {@link KekSource#SHORTEST_PASSPHRASE} characters; the key is derived from it */
    record Passphrase(Supplier<Secret> passphrase) implements KeyOrigin {}
}
