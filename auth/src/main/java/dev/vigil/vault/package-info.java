// SPDX-License-Identifier: Apache-2.0

/**
 * Files and keys: sealed grants, the key ring that seals them, and how a file is replaced so that a crash at any instant
 * leaves the old one or the new one. Implements the ports of {@code dev.vigil.auth}.
 */
@NullMarked
package dev.vigil.vault;

import org.jspecify.annotations.NullMarked;
