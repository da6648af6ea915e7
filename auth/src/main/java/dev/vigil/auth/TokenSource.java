// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/** Where a token set came from. */
public enum TokenSource {
    LOGIN,
    REFRESH,
    /** Another machine refreshed it and shared it. */
    OTHER_MACHINE,
    /** A person typed it: a static key. */
    CONFIGURED
}
