// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/**
 * Turns an old token set into an outcome. Implementations wrap each other: durable (one process at a time, nothing lost in
 * a crash) over OAuth (one POST, one classification); sharing between machines will wrap both.
 *
 * <p>May block on a lock, on fsync and on the network, each with a time limit, so it is called on {@code refresh-io} only.
 * Whatever happens on the wire or the disk is an outcome; an exception is a bug.
 */
@FunctionalInterface
public interface Refresher {
    RefreshOutcome refresh(Grant held);
}
