// SPDX-License-Identifier: Apache-2.0
/** What clients' sessions are to us, and what they are upstream (MCP 2025-03-26 to 2025-11-25, "Session Management"). */
@NullMarked
package dev.vigil.session;

import org.jspecify.annotations.NullMarked;
