// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;

/**
 * The last time a token set was seen to be equal here and in the bucket.
 *
 * @param version the bucket's name for that version of the object
 */
public record SyncMarker(Instant at, String version) {}
