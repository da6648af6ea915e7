// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.RefreshReport;
import dev.vigil.auth.SaveTrouble;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Everybody who listens to the keeper, told in order. */
record AuthListeners(List<AuthEvents> all) implements AuthEvents {
    AuthListeners {
        all = List.copyOf(all);
    }

    @Override
    public void refreshed(RefreshReport report) {
        all.forEach(one -> one.refreshed(report));
    }

    @Override
    public void authorizationChanged(String connector, Authorization before, Authorization after) {
        all.forEach(one -> one.authorizationChanged(connector, before, after));
    }

    @Override
    public void saveFailed(SaveTrouble trouble) {
        all.forEach(one -> one.saveFailed(trouble));
    }

    @Override
    public void saved(SaveTrouble trouble) {
        all.forEach(one -> one.saved(trouble));
    }

    @Override
    public void tended(String connector) {
        all.forEach(one -> one.tended(connector));
    }

    @Override
    public void grantUnreadable(String connector, String reason) {
        all.forEach(one -> one.grantUnreadable(connector, reason));
    }

    @Override
    public void answerLost(String connector, String reason, Optional<Instant> deadline) {
        all.forEach(one -> one.answerLost(connector, reason, deadline));
    }

    @Override
    public void loginDue(String connector, Live last) {
        all.forEach(one -> one.loginDue(connector, last));
    }
}
