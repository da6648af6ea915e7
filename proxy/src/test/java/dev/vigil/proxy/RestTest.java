// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestTest {
    private final Timeline time = new Timeline();
    private final Rest rest = new Rest(time);

    @Test
    void restIsLongerEachTimeUpToHalfAMinuteAndShortAgainAfterAStreamThatStood() {
        assertThat(seconds(10)).containsExactly(0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0);
        rest.begun();
        time.advance(Duration.ofSeconds(59));
        assertThat(seconds(1)).containsExactly(30.0);
        rest.begun();
        time.advance(Duration.ofSeconds(61));
        assertThat(seconds(1)).containsExactly(0.25);
        time.advance(Duration.ofSeconds(61));
        assertThat(seconds(1)).as("no stream has stood since").containsExactly(0.5);
    }

    private List<Double> seconds(int times) {
        return IntStream.range(0, times)
                .mapToObj(time -> rest.next().toMillis() / 1000.0)
                .toList();
    }
}
