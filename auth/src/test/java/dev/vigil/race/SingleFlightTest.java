// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.race.SingleFlightScenario.OfAForgetfulKeeper;
import dev.vigil.race.SingleFlightScenario.OfATornKeeper;
import dev.vigil.race.SingleFlightScenario.OfAnEagerKeeper;
import dev.vigil.race.SingleFlightScenario.OfTheProduct;
import dev.vigil.race.SingleFlightScenario.WithoutALoop;
import org.junit.jupiter.api.Test;

/** One refresh per connector however many threads ask, no waiter forgotten, no torn state: in every order we can try. */
class SingleFlightTest {
    private static final int ORDERS = 100;

    @Test
    void whoeverAsksSharesOneRefreshAndNobodyIsForgotten() {
        twoAskWhileOneCarries(OfTheProduct.class).explore();
    }

    @Test
    void theSearchFindsTheProductsKeeperWithoutItsLoop() {
        assertThatThrownBy(twoAskWhileOneCarries(WithoutALoop.class)::explore)
                .hasMessageContaining("the one refresh token was sent 2 times");
    }

    @Test
    void theSearchFindsAKeeperThatLooksBeforeItIsOnItsLoop() {
        assertThatThrownBy(twoAskWhileOneCarries(OfAnEagerKeeper.class)::explore)
                .hasMessageContaining("the one refresh token was sent 2 times");
    }

    @Test
    void theSearchFindsAForgottenWaiter() {
        assertThatThrownBy(twoAskWhileOneCarries(OfAForgetfulKeeper.class)::explore)
                .hasMessageContaining("a waiter was forgotten");
    }

    @Test
    void whoLooksSeesOneWholeTokenAndNeverAnOlderOneAgain() {
        oneLooksMeanwhile(OfTheProduct.class).explore();
    }

    @Test
    void theSearchFindsATornToken() {
        assertThatThrownBy(oneLooksMeanwhile(OfATornKeeper.class)::explore)
                .hasMessageContaining("a look saw the token of another generation");
    }

    @Test
    void loginDuringARefreshWinsInEveryOrder() {
        new Interleavings(OfTheProduct.class, ORDERS)
                .thread("ask", "carry")
                .thread("login")
                .explore();
    }

    private static Interleavings twoAskWhileOneCarries(Class<?> scenario) {
        return new Interleavings(scenario, ORDERS)
                .thread("ask")
                .thread("askToo")
                .thread("carry");
    }

    private static Interleavings oneLooksMeanwhile(Class<?> scenario) {
        return new Interleavings(scenario, ORDERS).thread("ask", "carry").thread("look");
    }
}
