// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.TokenVault;
import java.time.Duration;

/** The turn of this process among those of this machine; the kernel frees it if we die. */
@FunctionalInterface
public interface LocalTurn {
    /**
     * @param patience how long to wait for whoever has it
     * @throws dev.vigil.auth.VaultException BUSY
     */
    TokenVault.Claim take(String connector, Duration patience);
}
