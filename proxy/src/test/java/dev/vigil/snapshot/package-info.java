// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.vigil.snapshot;

import org.jspecify.annotations.NullMarked;
