// SPDX-License-Identifier: Apache-2.0

/** The packaged product against faults and against real parts ({@code *IT}), and the guards of the tree ({@code *Test}). */
@NullMarked
package dev.vigil.it;

import org.jspecify.annotations.NullMarked;
