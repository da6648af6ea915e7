// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final Timeline time = new Timeline();
    private final Pace pace = new Pace();

    @Test
    void refusalThatIsKnownWaitsForNoBudget() {
        RefreshPolicy policy = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);
        Grant grant = Grants.lasting(Duration.ofHours(1), time.now().wall());
        Live live = Live.fresh(grant, policy.schedule(grant, time.now()));
        for (int i = 0; i < 6; i++) {
            pace.begun(live, time.now());
        }
        assertThat(pace.heldBack(live, time.now())).isPositive();

        Refusal no = new Refusal("invalid_grant", time.now().wall());
        Live last = Live.last(grant.refused(no), no, live.schedule(), time.now());
        assertThat(pace.heldBack(last, time.now())).isZero();
    }
}
