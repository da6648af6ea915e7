// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.race.ReplaceScenario.OfARashRefresher;
import dev.vigil.race.ReplaceScenario.OfTheProduct;
import dev.vigil.race.ReplaceScenario.WithoutAClaim;
import org.junit.jupiter.api.Test;

/** No refresh token is sent twice and no older generation overwrites a newer one: in every order we can try. */
class CompareAndReplaceTest {
    private static final int ORDERS = 100;

    @Test
    void newestTokenIsTheStoredOneHoweverManyRefreshAtOnce() {
        twoRefresh(OfTheProduct.class).explore();
    }

    @Test
    void theSearchFindsTheProductsRefresherWithoutAClaim() {
        assertThatThrownBy(twoRefresh(WithoutAClaim.class)::explore)
                .hasMessageContaining("an old refresh token was sent");
    }

    @Test
    void theSearchFindsARefresherThatReadsBeforeItsClaim() {
        assertThatThrownBy(twoRefresh(OfARashRefresher.class)::explore)
                .hasMessageContaining("an old refresh token was sent");
    }

    private static Interleavings twoRefresh(Class<?> scenario) {
        return new Interleavings(scenario, ORDERS).thread("refresh").thread("refreshTwice");
    }
}
