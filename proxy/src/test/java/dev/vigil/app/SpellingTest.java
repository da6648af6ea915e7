// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> KNOWN = List.of("connectors", "listen", "url", "grant", "header", "localKey");

    @ParameterizedTest
    @CsvSource({
        "conectors, connectors",
        "conenctors, connectors",
        "lsiten, listen",
        "ulr, url",
        "uri, url",
        "URL, url",
        "localkey, localKey",
        "local-key, localKey",
        "headers, header",
        "x,",
        "port,",
        "bucket,"
    })
    void suggestsTheNearestWordIfItIsNear(String typed, String meant) {
        assertThat(Spelling.nearest(typed, KNOWN).orElse(null)).isEqualTo(meant);
    }
}
