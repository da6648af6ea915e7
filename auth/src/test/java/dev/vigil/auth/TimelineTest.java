// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private final Timeline time = new Timeline();
    private final List<String> ran = new ArrayList<>();

    @Test
    void timersRunInOrderAndEachAtItsOwnMoment() {
        Now start = time.now();
        time.schedule(Duration.ofSeconds(20), () -> ran.add("second at " + since(start)));
        time.schedule(Duration.ofSeconds(10), () -> {
            ran.add("first at " + since(start));
            time.schedule(Duration.ofSeconds(5), () -> ran.add("nested at " + since(start)));
        });
        time.schedule(Duration.ofSeconds(12), () -> ran.add("never")).cancel();
        time.advance(Duration.ofSeconds(30));
        assertThat(ran).containsExactly("first at PT10S", "nested at PT15S", "second at PT20S");
        assertThat(since(start)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void nestedTasksWaitForTheOneThatRuns() {
        time.execute(() -> {
            time.execute(() -> ran.add("inner"));
            ran.add("outer");
        });
        assertThat(ran).containsExactly("outer", "inner");
    }

    @Test
    void leapMovesTheWallClockOnlyAndRunsNothing() {
        Now start = time.now();
        time.schedule(Duration.ofSeconds(1), () -> ran.add("timer"));
        time.leap(Duration.ofHours(9));
        assertThat(ran).isEmpty();
        assertThat(time.now().monotonic()).isEqualTo(start.monotonic());
        assertThat(time.now().wall()).isEqualTo(start.wall().plus(Duration.ofHours(9)));
    }

    private Duration since(Now start) {
        return Duration.between(start.wall(), time.now().wall());
    }
}
