// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots: what a server last showed of itself, taken by Vigil, kept sealed, and answered in the server's place when it
 * cannot be asked.
 */
@NullMarked
package dev.vigil.snapshot;

import org.jspecify.annotations.NullMarked;
