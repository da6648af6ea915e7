// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepAliveTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            delimiter = '|',
            value = {
                "none                    | PT0S",
                "timeout=5               | PT5S",
                "max=100, timeout=30     | PT30S",
                "Timeout = 7, max=1      | PT7S",
                "timeout=                | PT0S",
                "timeout=-5              | PT0S",
                "timeout=99999999999999  | PT0S",
                "nonsense                | PT0S",
            })
    void promiseIsReadFromTheHeader(String header, Duration promised) {
        assertThat(KeepAlive.promised(header)).isEqualTo(promised);
    }

    @ParameterizedTest
    @CsvSource({
        // idle for, promised, reuse, usable
        "PT3S,  PT0S,  SURE, true",
        "PT4S,  PT0S,  SURE, false",
        "PT4S,  PT0S,  ANY,  true",
        "PT59S, PT0S,  ANY,  true",
        "PT60S, PT0S,  ANY,  false",
        "PT3.9S, PT5S, SURE, true",
        "PT4S,  PT5S,  SURE, false",
        "PT4S,  PT5S,  ANY,  false",
        "PT30S, PT75S, SURE, true",
        "PT70S, PT75S, SURE, false",
        "PT0S,  PT75S, NONE, false",
    })
    void idleConnectionIsUsedOnlyWhileTheServerHoldsIt(
            Duration idle, Duration promised, KeepAlive.Reuse reuse, boolean usable) {
        assertThat(KeepAlive.isUsable(idle, promised, reuse)).isEqualTo(usable);
    }
}
