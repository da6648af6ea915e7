// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Optional;

/**
 * When a token passes from zone to zone, worked out once by {@link RefreshPolicy}. All are empty for a token that does not
 * expire as far as we know.
 */
public record Schedule(
        Optional<Deadline> refreshAt,
        Optional<Deadline> warningAt,
        Optional<Deadline> emergencyAt,
        Optional<Deadline> expiresAt) {

    public Zone zone(Now now) {
        if (isDue(expiresAt, now)) return Zone.EXPIRED;
        if (isDue(emergencyAt, now)) return Zone.EMERGENCY;
        if (isDue(warningAt, now)) return Zone.WARNING;
        return isDue(refreshAt, now) ? Zone.NORMAL : Zone.FRESH;
    }

    private static boolean isDue(Optional<Deadline> deadline, Now now) {
        return deadline.isPresent() && deadline.get().isDue(now);
    }
}
