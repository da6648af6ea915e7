// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A session as it stands on the disk. */
record Kept(
        String id,
        SessionOwner owner,
        String handshake,
        LoginKey login,
        Optional<String> upstreamId,
        boolean begun,
        Optional<String> protocolVersion,
        Optional<String> logLevel,
        Map<String, String> subscriptions,
        Instant lastUsed) {}
