// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.FleetMachine.Heard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two machines over a real store: proof, login, adoption, logout. */
@Timeout(400)
class SharedCephIT {
    private static final String NAME = "real";
    private static final String BUCKET = "fleet";
    /** Refreshed 8 to 12 s after each login or refresh. */
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PACE = Duration.ofMillis(250);
    private static final int REFRESHES = 3;

    @TempDir
    private Path root;

    @Test
    void loginRefreshesAndLogoutAreSharedOverCeph() throws IOException {
        try (CephGateway ceph = CephGateway.start();
                Fleet fleet = Fleet.start(LIFE, List.of(NAME))) {
            ceph.bucket(BUCKET, false);
            String place = "bucket: s3://" + BUCKET + "/prod, endpoint: " + ceph.url();
            FleetMachine laptop = fleet.join("laptop", root, place);
            FleetMachine buildBox = fleet.join("build-box", root, place);
            fleet.login(NAME, laptop);
            fleet.awaitServedEverywhere(NAME);
            Await.until(
                    LIMIT,
                    PACE,
                    () -> laptop.generation(NAME) > REFRESHES && buildBox.generation(NAME) > REFRESHES,
                    fleet.standing(NAME));
            assertThat(fleet.auth.counts().reuses()).isZero();
            assertThat(fleet.auth.counts().logins()).isEqualTo(1);
            buildBox.product().runWell("logout", NAME);
            Await.until(
                    LIMIT,
                    PACE,
                    () -> laptop.call(NAME).map(Heard::kind).equals(Optional.of("not_logged_in")),
                    fleet.standing(NAME));
        }
    }
}
