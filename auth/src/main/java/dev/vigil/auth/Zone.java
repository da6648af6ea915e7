// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/** How urgent a token is: a function of token and time, never a stored state. In order. */
public enum Zone {
    /** Nothing to do. */
    FRESH,
    /** Past the planned refresh; nobody waits. */
    NORMAL,
    /** Refresh is overdue; nobody waits yet. */
    WARNING,
    /** About to expire: requests wait a little for a refresh under way, then use the token as it is. */
    EMERGENCY,
    EXPIRED
}
