// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaveAlarmTest {
    private static final Now BEGAN = new Now(Instant.parse("2026-11-20T22:00:00Z"), Duration.ZERO);
    private static final Duration TRY = Duration.ofSeconds(30);

    @Test
    void nightOfAFullDiskIsADozenLines() {
        List<Long> minutes = new ArrayList<>();
        SaveAlarm alarm = SaveAlarm.begun("notion", "disk full", BEGAN);
        assertThat(alarm.isNews()).isTrue();
        for (int tried = 1; tried <= 960; tried++) {
            alarm = alarm.again("disk full", at(TRY.multipliedBy(tried)));
            if (alarm.isNews()) {
                minutes.add(alarm.last().lasting().toMinutes());
            }
        }
        assertThat(minutes).containsExactly(1L, 5L, 15L, 60L, 120L, 180L, 240L, 300L, 360L, 420L, 480L);
        assertThat(alarm.last().tries()).isEqualTo(961);
    }

    @Test
    void newReasonIsToldAtOnceAndOnce() {
        SaveAlarm full = SaveAlarm.begun("notion", "disk full", BEGAN);
        SaveAlarm other = full.again("read-only", at(TRY));
        assertThat(other.isNews()).isTrue();
        assertThat(other.again("disk full", at(TRY)).isNews()).isFalse();
        assertThat(other.again("read-only", at(TRY)).isNews()).isFalse();
    }

    @Test
    void reasonThatIsNeverTheSameIsBounded() {
        int told = 0;
        SaveAlarm alarm = SaveAlarm.begun("notion", "no room for 0 bytes", BEGAN);
        for (int i = 1; i <= 100; i++) {
            alarm = alarm.again("no room for " + i + " bytes", at(Duration.ofMillis(i)));
            told += alarm.isNews() ? 1 : 0;
        }
        assertThat(told).isEqualTo(4);
    }

    @Test
    void afterASleepItIsToldWithTheTimeThatHasPassed() {
        SaveAlarm alarm = SaveAlarm.begun("notion", "disk full", BEGAN);
        Now woken = new Now(BEGAN.wall().plus(Duration.ofHours(8)), TRY);
        assertThat(alarm.again("disk full", woken).isNews()).isTrue();
        assertThat(alarm.ended(woken).lasting()).isEqualTo(Duration.ofHours(8));
        assertThat(alarm.again("disk full", woken).again("disk full", woken).isNews())
                .isFalse();
    }

    private static Now at(Duration later) {
        return new Now(BEGAN.wall().plus(later), BEGAN.monotonic().plus(later));
    }
}
