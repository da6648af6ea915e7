// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FaultScriptTest {
    private final FaultScript<String> script = new FaultScript<>();

    @Test
    void strikesAsOftenAsToldAndInOrder() {
        script.next(2, "first");
        script.next(1, "second");
        assertThat(script.take("any")).contains("first");
        assertThat(script.take("any")).contains("first");
        assertThat(script.take("any")).contains("second");
        assertThat(script.take("any")).isEmpty();
    }

    @Test
    void strikesOnlyTheKindItIsMeantFor() {
        script.next(1, "for posts", "POST");
        assertThat(script.take("GET")).isEmpty();
        assertThat(script.take("POST")).contains("for posts");
        assertThat(script.take("POST")).isEmpty();
    }

    @Test
    void strikesAlwaysUntilCleared() {
        script.always("down");
        assertThat(script.take("any")).contains("down");
        assertThat(script.take("any")).contains("down");
        script.clear();
        assertThat(script.take("any")).isEmpty();
    }

    @Test
    void cannotStrikeLessThanOnce() {
        assertThatThrownBy(() -> script.next(0, "never")).hasMessageContaining("0 times");
    }
}
