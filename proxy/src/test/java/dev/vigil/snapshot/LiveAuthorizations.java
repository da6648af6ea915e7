// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.TimeSource;
import java.util.Optional;

/** A login that is good, for tests. */
final class LiveAuthorizations {
    private LiveAuthorizations() {}

    static Authorization of(Grant grant, TimeSource time) {
        RefreshPolicy policy = new RefreshPolicy("test", name -> RefreshSettings.DEFAULT);
        return new Authorization.Live(grant, policy.schedule(grant, time.now()), 0, Optional.empty(), Optional.empty());
    }
}
