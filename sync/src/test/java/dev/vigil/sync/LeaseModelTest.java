// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.sync.LeaseModel.Without;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseModelTest {
    @ParameterizedTest
    @CsvSource({"2, 4", "3, 2"})
    void noStateBreaksAPromise(int machines, int generations) {
        LeaseModel model = new LeaseModel(machines, generations, Without.NOTHING);
        assertThat(model.counterexample()).isEmpty();
        System.out.println(
                machines + " machines, " + generations + " refreshes: " + model.states() + " states, none broken");
        assertThat(model.states()).isGreaterThan(1000);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void everyRuleIsMissedWhenItIsLeftOut(Without rule) {
        assertThat(new LeaseModel(2, 3, rule).counterexample()).isPresent();
    }

    @Test
    void firstRefreshIsReached() {
        LeaseModel model = new LeaseModel(1, 1, Without.NOTHING);
        assertThat(model.counterexample()).isEmpty();
        assertThat(model.states()).as("a machine alone gets through").isGreaterThan(20);
    }
}
