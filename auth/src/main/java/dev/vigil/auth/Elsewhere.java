// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Optional;

/** What is known of logins on other machines. A machine by itself knows of {@link #NOWHERE} else. */
public interface Elsewhere {
    Elsewhere NOWHERE = new Elsewhere() {
        @Override
        public long highestEpoch(String connector) {
            return 0;
        }

        @Override
        public Optional<String> whyNotHere(String connector) {
            return Optional.empty();
        }
    };

    /** What the epoch of the next login must be above, as far as can be told. May block; never throws for what others do. */
    long highestEpoch(String connector);

    /** Why a login that another machine may hold is not here; empty when there is none. Quick; any thread. */
    Optional<String> whyNotHere(String connector);
}
