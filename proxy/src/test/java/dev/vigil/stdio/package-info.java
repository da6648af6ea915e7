// SPDX-License-Identifier: Apache-2.0

/** Tests of the stdio bridge. */
@NullMarked
package dev.vigil.stdio;

import org.jspecify.annotations.NullMarked;
