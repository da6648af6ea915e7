// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.race.LoopScenario.OfAHastyLoop;
import dev.vigil.race.LoopScenario.OfTheTimeline;
import org.junit.jupiter.api.Test;

/** The loop that tests move by hand is one: else whatever they prove about the keeper is worth nothing. */
class LoopTest {
    private static final int ORDERS = 10_000;

    @Test
    void tasksRunOneAtATimeWhoeverBringsThem() {
        threeBring(OfTheTimeline.class).explore();
    }

    @Test
    void theSearchFindsALoopThatLetsGoTwice() {
        assertThatThrownBy(threeBring(OfAHastyLoop.class)::explore).hasMessageContaining("of 3 tasks 2 were done");
    }

    private static Interleavings threeBring(Class<?> scenario) {
        return new Interleavings(scenario, ORDERS)
                .thread("bring")
                .thread("bring")
                .thread("bring");
    }
}
