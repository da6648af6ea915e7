// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

/** What happened to requests, for whoever listens. Called on {@code proxy-io}; be quick, do not block, do not throw. */
public interface ProxyEvents {

    /** An exchange is over, one way or another. Called exactly once for each. */
    default void exchanged(ExchangeReport report) {}

    /**
     * Somebody was turned away at the door.
     *
     * @param why host, origin, local_key, malformed, too_large, or accept where no connection could be taken in at all
     * @param detail for people; never the key that was shown
     */
    default void turnedAway(String why, String detail) {}
}
