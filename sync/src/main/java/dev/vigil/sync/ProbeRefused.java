// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/** A store has shown that its conditional writes do not hold. The message is the reason, as a sentence. */
final class ProbeRefused extends Exception {
    private static final long serialVersionUID = 1L;

    ProbeRefused(String reason) {
        super(reason);
    }
}
