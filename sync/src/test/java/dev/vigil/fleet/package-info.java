// SPDX-License-Identifier: Apache-2.0

/** Machines that share a bucket, in simulated time: each runs the real classes, and everything around them is made up. */
@NullMarked
package dev.vigil.fleet;

import org.jspecify.annotations.NullMarked;
