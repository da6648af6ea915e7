// SPDX-License-Identifier: Apache-2.0

/**
 * A small authorization server and a small MCP server that really verifies its tokens. They serve {@code vigil demo} and
 * the end-to-end tests; their faults are constructor arguments, never environment or properties.
 */
@NullMarked
package dev.vigil.demo;

import org.jspecify.annotations.NullMarked;
