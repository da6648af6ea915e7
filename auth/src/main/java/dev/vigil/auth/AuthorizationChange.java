// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;

/** Turns what is published for a connector into the events that tell of it. */
record AuthorizationChange(String connector, Authorization before, Authorization after) {

    void tell(AuthEvents events) {
        if (!before.word().equals(after.word())) {
            events.authorizationChanged(connector, before, after);
        }
        if (after instanceof Live live && live.isLast() && !isKnown(live)) {
            events.loginDue(connector, live);
        }
    }

    private boolean isKnown(Live last) {
        return before instanceof Live told && told.isLast() && !last.grant().supersedes(told.grant());
    }
}
