// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a scenario counts as having lost something on its way. */
class ChecksTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // directly, through a proxy, what is lost
                "a=SUCCESS,                 a=SUCCESS,                 -",
                "a=SUCCESS,                 a=FAILURE,                 a",
                "a=SUCCESS,                 a=WARNING,                 a",
                "a=SUCCESS,                 a=SKIPPED,                 a",
                "a=SUCCESS,                 -,                         a",
                "a=SUCCESS,                 a=SUCCESS b=FAILURE,       b",
                "a=SUCCESS a=SUCCESS,       a=SUCCESS a=FAILURE,       a",
                "a=SUCCESS a=FAILURE,       a=SUCCESS a=FAILURE,       -",
                "a=FAILURE b=INFO,          a=FAILURE b=INFO,          -",
                "a=FAILURE,                 a=SUCCESS,                 -",
                "b=INFO,                    -,                         -",
                "a=SUCCESS b=SUCCESS,       b=FAILURE,                 a b",
            })
    void whatPassesLessOftenOrFailsMoreOftenIsLost(String direct, String through, String lost) {
        assertThat(checks(direct).lostIn(checks(through)))
                .extracting(line -> line.substring(0, 1))
                .containsExactly(lost == null ? new String[0] : lost.split(" "));
    }

    private static Checks checks(String notation) {
        String json = notation == null ? "" : notation.replaceAll("(\\w)=(\\w+) ?", "{'id':'$1','status':'$2'},");
        return Checks.of(Json.read(("[" + json.replaceFirst(",$", "") + "]").replace('\'', '"')));
    }
}
