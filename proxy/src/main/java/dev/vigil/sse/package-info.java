// SPDX-License-Identifier: Apache-2.0
/** Server-sent events (WHATWG HTML, 9.2), as they come over a wire. */
@NullMarked
package dev.vigil.sse;

import org.jspecify.annotations.NullMarked;
