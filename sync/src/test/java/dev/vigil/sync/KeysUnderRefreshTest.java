// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.sync.SharedStage.Box;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One machine changes the keys between every two requests that another makes while it refreshes. */
class KeysUnderRefreshTest {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);

    @TempDir
    Path folder;

    @Test
    void rotationBetweenAnyTwoStepsOfARefreshLosesNothing() throws IOException {
        int steps = everywhere(keys -> assertThat(keys.rotate().left()).isEmpty());

        assertThat(steps).isGreaterThan(6);
    }

    @Test
    void rotationAndRetirementBetweenAnyTwoStepsOfARefreshLoseNothing() throws IOException {
        everywhere(keys -> {
            keys.rotate();
            assertThat(keys.retire().left()).isEmpty();
        });
    }

    /** @return how many requests a refresh makes */
    private int everywhere(Consumer<SharedKeys> change) throws IOException {
        for (int step = 1; ; step++) {
            if (!isReached(step, change)) {
                return step;
            }
        }
    }

    /** Two refreshes, since the first finds an empty bucket. */
    private boolean isReached(int step, Consumer<SharedKeys> change) throws IOException {
        SharedStage stage = new SharedStage(folder.resolve("at-" + step));
        KeyBox rotating = box("rotating", step, stage);
        KeyBox refreshing = box("refreshing", step, stage);
        KeyBox late = box("late", step, stage);
        Box laptop = stage.machine("laptop", new SharedVault(refreshing.store, refreshing.seal, refreshing.keys))
                .with(NOTION);
        Box builder = stage.machine("builder", new SharedVault(late.store, late.seal, late.keys))
                .with(NOTION);
        for (KeyBox box : List.of(rotating, refreshing, late)) {
            box.keys.pull();
        }
        int[] requests = {0};
        refreshing.store.between(key -> {
            if (++requests[0] == step) {
                change.accept(rotating.keys);
            }
        });
        for (int round = 1; round <= 2; round++) {
            stage.pass(SharedStage.HOUR);
            assertThat(laptop.refreshes()).as("step %d", step).isInstanceOf(Refreshed.class);
            assertThat(stage.redeemed()).isEqualTo(round);
        }
        refreshing.keys.pull(); // as each sync does
        assertThat(builder.refreshes()).as("step %d", step).isInstanceOf(Adopted.class);
        assertThat(builder.generation()).isEqualTo(3);
        assertThat(stage.redeemed()).isEqualTo(2);
        return requests[0] > step;
    }

    private KeyBox box(String name, int step, SharedStage stage) {
        return new KeyBox(folder.resolve("keys-of-" + name + "-" + step), stage.store, Optional.of(KeyBox.KEK));
    }
}
