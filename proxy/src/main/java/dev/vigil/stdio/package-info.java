// SPDX-License-Identifier: Apache-2.0

/** The bridge for MCP clients that speak nothing but stdio: lines on one side, Streamable HTTP to the proxy on the other. */
@org.jspecify.annotations.NullMarked
package dev.vigil.stdio;
