// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import java.util.Comparator;

/**
 * Which of two states of one connector is newer: the only order there is, for what is written over what, for what is
 * adopted, and for what counts as a roll-back. Never a clock.
 *
 * <p>The epoch comes first. A logout of epoch N ends every login below N and knows nothing of one of epoch N: that was made
 * by a machine that had not heard of the logout, so it stands above. The generation counts between two of one login only;
 * that of a logout is of a login that it ended, and says nothing.
 *
 * @param generation 0 for a logout
 */
record Rank(long epoch, boolean isLogin, long generation) {
    private static final Comparator<Rank> ORDER =
            Comparator.comparingLong(Rank::epoch).thenComparing(Rank::isLogin).thenComparingLong(Rank::generation);

    static Rank of(Grant grant) {
        return login(grant.epoch(), grant.tokens().generation());
    }

    static Rank login(long epoch, long generation) {
        return new Rank(epoch, true, generation);
    }

    static Rank logout(long epoch) {
        return new Rank(epoch, false, 0);
    }

    boolean isAbove(Rank other) {
        return ORDER.compare(this, other) > 0;
    }
}
