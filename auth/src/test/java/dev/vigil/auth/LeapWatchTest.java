// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeapWatchTest {
    private final Timeline time = new Timeline();
    private final LeapWatch watch = new LeapWatch();

    @ParameterizedTest
    @CsvSource({"PT8H,true", "PT31S,true", "PT29S,false", "PT0S,false", "PT-29S,false", "PT-10M,true"})
    void clocksThatPartByMoreThanHalfAMinuteHaveLeapt(Duration leap, boolean leapt) {
        assertThat(watch.look(time.now())).as("the first look").isFalse();
        time.advance(Duration.ofHours(3));
        time.leap(leap);
        assertThat(watch.look(time.now())).isEqualTo(leapt);
        assertThat(watch.rest(time.now())).isEqualTo(leapt ? Duration.ofSeconds(5) : Duration.ZERO);
        assertThat(watch.look(time.now())).as("it leapt once").isFalse();
    }

    @Test
    void restEndsByTheMonotonicClock() {
        watch.look(time.now());
        time.leap(Duration.ofHours(8));
        watch.look(time.now());
        time.advance(Duration.ofSeconds(3));
        assertThat(watch.rest(time.now())).isEqualTo(Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(3));
        assertThat(watch.rest(time.now())).isZero();
    }
}
