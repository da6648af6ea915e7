// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({"90s, PT90S", "10m, PT10M", "1h30m, PT1H30M", "2d, PT48H", "1d2h3m4s, PT26H3M4S", "0s, PT0S"})
    void readsWhatPeopleWrite(String text, Duration meant) {
        assertThat(DurationText.parse(text)).isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "10 m", "-1s", "1.5h", "30m1h", "10M", "9999999s"})
    void refusesTheRestAndSaysHowToWrite(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .hasMessage("'" + text + "' is not a duration. Write 90s, 10m or 1h30m");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.4S, 0s",
        "PT59S, 59s",
        "PT61S, 1m 1s",
        "PT12M40S, 12m",
        "PT1H, 1h",
        "PT90M, 1h 30m",
        "PT51H, 2d 3h",
        "PT-58M, 58m"
    })
    void showsTheTwoLargestUnits(Duration duration, String shown) {
        assertThat(DurationText.show(duration)).isEqualTo(shown);
    }
}
