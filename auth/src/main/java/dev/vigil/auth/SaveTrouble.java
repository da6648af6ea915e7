// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;

/**
 * Tokens that the disk does not take.
 *
 * @param connector whose tokens
 * @param reason of the last failure
 * @param lasting since the first failure
 * @param tries that have failed
 */
public record SaveTrouble(String connector, String reason, Duration lasting, int tries) {}
