// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
}
