// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

/**
 * Whose session it is. Another connector, or another local key, never gets to it.
 *
 * @param client the client that the local key belongs to; empty where keys are off
 */
public record SessionOwner(String connector, String client) {}
