// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where grants survive. Any thread but {@code proxy-io} may call; every method may block on the disk. All throw
 * {@link VaultException}; a file that cannot be read is never overwritten or removed by {@link #load}.
 */
public interface TokenVault {

    /** The stored grant; empty when there is none. */
    Optional<Grant> load(String connector);

    /** Stores a grant. When this returns it has reached the disk (fsync of file and folder); if it throws, the old one stands. */
    void save(Grant grant);

    /** Forgets a grant. Nothing happens when there is none. */
    void delete(String connector);

    /** Names of all stored grants, readable or not, sorted. */
    List<String> connectors();

    /** Something that changes whenever the stored grant changes; cheap (one stat). Empty when there is none. */
    Optional<String> stamp(String connector);

    /**
     * Claims a connector for this thread, against other threads and other processes on this machine. The kernel frees the
     * lock if we die.
     *
     * @param patience how long to wait for another holder before {@link VaultException.Kind#BUSY}
     */
    Claim claim(String connector, Duration patience);

    /** Puts an intent on disk, durably, and makes sure that the answer will find room there. Claim first. */
    void writeIntent(Grant held);

    /** Removes the intent, if there is one. Claim first. */
    void clearIntent(String connector);

    Optional<Intent> intent(String connector);

    /**
     * Puts in place what a process that died had written whole, but not put in place: a grant newer than this one. Call it
     * where an intent was found. Claim first.
     */
    default Optional<Grant> rescue(Grant held) {
        return Optional.empty();
    }

    /** A held lock. Closing it twice does no harm. */
    interface Claim extends AutoCloseable {
        @Override
        void close();
    }
}
