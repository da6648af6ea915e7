// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work on a channel, done to its end. An interrupt closes the channel that a thread is using; a shutdown that interrupts
 * must not cost a token that is being saved, so the work begins again and the interrupt is kept for whoever waits next.
 */
final class Uninterrupted {
    private Uninterrupted() {}

    /** Work that can begin again. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T run(Work<T> work) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
