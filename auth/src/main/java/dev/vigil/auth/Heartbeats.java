// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;
import java.util.Optional;

/**
 * When the main loop last completed a cycle of each connector: looked at it, and found nothing to do or settled a refresh.
 * Others learn from it whether the loop still tends that connector, which a living process alone does not tell. Neither
 * method throws, since losing a heartbeat costs nothing: the fallback then looks after a connector that needed no help,
 * under the same locks.
 */
public interface Heartbeats {

    /** A cycle of {@code connector} is completed. Called on {@code token-keeper}, at least twice a minute for each connector. */
    void completed(String connector, Instant at);

    /** The last completed cycle; empty when there was none, or none can be read. May block on the disk. */
    Optional<Instant> last(String connector);
}
