// SPDX-License-Identifier: Apache-2.0

/**
 * How machines agree on a grant through a bucket that nobody trusts: sealed objects, a lease per grant, conditional
 * writes. {@code ObjectStore} is what all of it rests on, and {@code BucketProbe} proves one before it is used.
 */
@NullMarked
package dev.vigil.sync;

import org.jspecify.annotations.NullMarked;
