// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

/**
 * An answer in the server's place.
 *
 * @param status of HTTP; 200 but where a client has to be told, as the server would, that it is in the wrong era
 * @param json a JSON-RPC response
 */
public record Served(int status, String json) {}
