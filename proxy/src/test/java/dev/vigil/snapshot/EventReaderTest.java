// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WHATWG HTML, 9.2.6. {@code |} stands for the end of an event in what is expected, {@code ~} for a line feed. */
class EventReaderTest {

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "data: a\\n\\n,a",
                "data:a\\r\\n\\r\\n,a",
                "data: a\\r\\r,a",
                "data:  a\\n\\n, a",
                "data: a\\ndata: b\\n\\n,a~b",
                "data\\n\\ndata:\\n\\n,|",
                "data\\ndata\\n\\n,~",
                "\uFEFFdata: a\\n\\n,a",
                "data: a\\n\\n\uFEFFdata: b\\n\\ndata: c\\n\\n,a|c",
                "event: x\\ndata: a\\n\\nevent: message\\ndata: b\\n\\ndata: c\\n\\n,b|c",
                "event: endpoint\\ndata: /a\\n\\n,/a",
                ": comment\\nevent: x\\nid: 1\\nretry: 5\\n\\ndata: a\\n\\n,a",
                "data: a\\n\\ndata: b\\n\\n,a|b",
                "data: a\\n\\ndata: cut off,a",
                "data: a\\n\\ndata: cut off\\n,a",
                "datax: a\\n\\ndata: \u00e9\\n\\n,\u00e9",
            })
    void eventsAreFoundWhereverThePiecesEnd(String stream, String expected) {
        byte[] bytes = stream.replace("\\n", "\n").replace("\\r", "\r").getBytes(UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            EventReader reader = new EventReader("endpoint");
            List<String> found = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += size) {
                found.addAll(reader.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size))));
            }
            assertThat(String.join("|", found).replace('\n', '~')).isEqualTo(expected == null ? "" : expected);
        }
    }
}
