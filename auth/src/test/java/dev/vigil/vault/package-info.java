// SPDX-License-Identifier: Apache-2.0

/** Tests, with disks that fail or stop on demand and a second process to contend with. */
@NullMarked
package dev.vigil.vault;

import org.jspecify.annotations.NullMarked;
