// SPDX-License-Identifier: Apache-2.0

/** The command line, one file per command, and the wiring of all modules. */
@NullMarked
package dev.vigil.app;

import org.jspecify.annotations.NullMarked;
