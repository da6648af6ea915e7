// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.Optional;

/**
 * Thresholds that a connector sets for itself ({@code refresh:} in {@code vigil.yaml}), each as time left before expiry.
 * What is absent follows {@link RefreshPolicy}; what does not fit the lifetime seen is cut so that the zones stay in order.
 *
 * @param skew refresh when this much is left
 * @param warning the warning zone begins when this much is left
 * @param emergency the emergency zone begins when this much is left
 * @param expiredWhen words in an answer by which this server says that a token has expired, though its status is 200: they
 *     start a verification, never a verdict
 * @param resend may a refresh token whose answer was lost be sent again while its access token lives? Not to a server that is
 *     known to end the whole grant then
 */
public record RefreshSettings(
        Optional<Duration> skew,
        Optional<Duration> warning,
        Optional<Duration> emergency,
        Optional<String> expiredWhen,
        boolean resend) {
    public static final RefreshSettings DEFAULT =
            new RefreshSettings(Optional.empty(), Optional.empty(), Optional.empty());

    public RefreshSettings(Optional<Duration> skew, Optional<Duration> warning, Optional<Duration> emergency) {
        this(skew, warning, emergency, Optional.empty(), true);
    }

    public RefreshSettings {
        if (expiredWhen.isPresent() && expiredWhen.get().isBlank()) {
            throw new IllegalArgumentException("refresh.expiredWhen must be words");
        }
        positive("skew", skew);
        positive("warning", warning);
        positive("emergency", emergency);
    }

    private static void positive(String name, Optional<Duration> value) {
        if (value.isPresent() && (value.get().isNegative() || value.get().isZero())) {
            throw new IllegalArgumentException("refresh." + name + " must be positive, not " + value.get());
        }
    }
}
