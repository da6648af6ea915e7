// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SyncTextTest {
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource({
        "attempted,                     , 0",
        "attempted,              adopted, 0",
        "attempted,          rolled_back, 0",
        "attempted,           two_logins, 7",
        "attempted,          not_adopted, 7",
        "attempted,            no_bucket, 7",
        "skipped,                       , 7",
        "failed_retriable,              , 5",
        "failed,                        , 7"
    })
    void exitCodeTellsWhetherSomebodyMustAct(String outcome, String step, int code) {
        ObjectNode round = JSON.createObjectNode().put("outcome", outcome);
        List<String> steps = step == null ? List.of() : List.of(step);
        steps.forEach(what -> round.putArray("steps").addObject().put("what", what));
        assertThat(SyncText.exit(round)).isEqualTo(code);
    }

    @Test
    void rollBackIsStillToldTheDayAfterAndNoLonger() {
        assertThat(status("7 days", 6, 3, 2, 1))
                .endsWith("11 rounds: 6 fine, 3 failed, 2 skipped; 0 written, 0 taken over;" + " ROLLED BACK 1 time");
        assertThat(status("WARNING", 6, 0, 0, 1)).contains("ROLLED BACK in the last 24 h", "vigil sync explain NAME");
        assertThat(status("WARNING", 6, 0, 0, 0)).isEmpty();
    }

    /** The line that begins so, of a status with this trend. */
    private static String status(String begin, int fine, int failed, int skipped, int rolledBack) {
        ObjectNode status = JSON.createObjectNode().put("bucket", "s3://b");
        for (String span : List.of("trend_24h", "trend_7d")) {
            status.putObject(span)
                    .put("attempted", fine)
                    .put("failed", failed)
                    .put("skipped", skipped)
                    .put("rolled_back", rolledBack);
        }
        return SyncText.status(status, new Sentences(ZoneOffset.UTC), Instant.EPOCH).stream()
                .filter(line -> line.startsWith(begin))
                .collect(Collectors.joining("\n"));
    }
}
