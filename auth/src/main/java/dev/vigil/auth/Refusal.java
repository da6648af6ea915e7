// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Instant;

/** A proven no from the authorization server: kept with the grant, so that a restart does not ask again. */
public record Refusal(String oauthError, Instant at) {}
