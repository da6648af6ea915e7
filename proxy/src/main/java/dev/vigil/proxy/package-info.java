// SPDX-License-Identifier: Apache-2.0

/** The life of a request: {@code Exchange}, and everything it passes on its way. */
@NullMarked
package dev.vigil.proxy;

import org.jspecify.annotations.NullMarked;
