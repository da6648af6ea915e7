// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/**
 * How a store wants an ETag in {@code If-Match}: RFC 9110, 8.8.3 says in quotes, and Ceph's gateway of version 16 knows its
 * own tags only without them.
 */
public enum EtagStyle {
    QUOTED,
    UNQUOTED;

    String written(ObjectStore.Version version) {
        return this == QUOTED ? '"' + version.tag() + '"' : version.tag();
    }
}
