// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/** How the strict server differs from a good one, as long as it is switched on. */
public enum StrictMode {
    /** Writes always win. */
    IGNORES_CONDITIONS,
    /** If-Match is checked and then acted upon, with room for others between: updates get lost. */
    CHECKS_THEN_ACTS,
    /** Knows its own tags without quotes only, as Ceph 16 does. */
    UNQUOTED_ETAGS,
    /** Versioning is switched on. */
    VERSIONED,
    /** With versioning on, create-only is not looked at, as in Ceph 16. */
    VERSIONED_IGNORES_CREATE_ONLY,
    /** GetBucketVersioning is denied. */
    VERSIONING_DENIED,
    /** Reads and listings need no credentials. */
    ANONYMOUS,
    /** Writes are denied. */
    READ_ONLY,
    /** Only deletion is denied. */
    NO_DELETE,
    /** Reads answer what stood before the last write of that object. */
    STALE_READS,
    /** Listings answer what stood before the last write. */
    STALE_LISTS,
    /** Connections are refused. */
    DOWN
}
