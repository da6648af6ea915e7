// SPDX-License-Identifier: Apache-2.0

/**
 * How machines agree on a grant through a bucket that nobody trusts: sealed objects, a lease per grant, conditional
 * writes. Nothing is shared yet; {@code TokenSet.lastSync} is the marker that this package will set.
 */
@NullMarked
package dev.vigil.sync;

import org.jspecify.annotations.NullMarked;
