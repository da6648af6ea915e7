// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.TimeSource;
import java.util.Optional;

/** An authorization server that rotates: only the newest refresh token is good, and an older one is reuse. Any thread. */
final class RotatingServer implements Refresher {
    private final TimeSource time;
    /** Guarded by this, like all below. */
    private long live;

    private int sent;
    private int reused;

    /** @param live the generation whose refresh token is good now */
    RotatingServer(TimeSource time, long live) {
        this.time = time;
        this.live = live;
    }

    @Override
    public synchronized RefreshOutcome refresh(Grant held, Terms terms) {
        sent++;
        if (held.tokens().generation() != live) {
            reused++;
            Refusal refusal = new Refusal("invalid_grant", time.now().wall());
            return new RefreshOutcome.Rejected(held.refused(refusal), refusal.oauthError());
        }
        live++;
        return new RefreshOutcome.Refreshed(Grants.renewed(held, time.now().wall()), Optional.empty());
    }

    /** The generation whose refresh token is good. */
    synchronized long live() {
        return live;
    }

    synchronized int sent() {
        return sent;
    }

    /** How often an old refresh token came in: each time a strict server would have ended the login. */
    synchronized int reused() {
        return reused;
    }
}
