// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One refresh, for logs and metrics. Holds no secret.
 *
 * @param outcome the outcome's word
 * @param category empty when it went well
 * @param attempt 1 for the first try since tokens were last renewed
 * @param timeToExpiry of the access token we hold now; negative when it has expired, empty when unknown
 * @param nextTry when the keeper will refresh next; empty when it will not
 */
public record RefreshReport(
        String connector,
        Trigger trigger,
        String outcome,
        Optional<FailureCategory> category,
        Optional<String> reason,
        int attempt,
        Duration took,
        long generation,
        Optional<Duration> timeToExpiry,
        Optional<Instant> nextTry) {}
