// SPDX-License-Identifier: Apache-2.0

/** Tests, and doubles that keep the contracts of the ports. */
@NullMarked
package dev.vigil.auth;

import org.jspecify.annotations.NullMarked;
