// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventScanTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '`', textBlock = """
            an event,                `data: {"method":"a"}\\n\\n`,                                   a
            without the space,       `data:{"method":"a"}\\n\\n`,                                    a
            CR and CR LF,            `data: {"method":"a"}\\r\\rdata: {"method":"b"}\\r\\n\\r\\n`,   a b
            other fields beside,     `event: message\\nid: data\\nretry: 1\\ndata: {"method":"a"}\\n\\n`, a
            two lines of data,       `data: {"method":\\ndata: "a"}\\n\\n`,                          a
            an answer,               `data: {"result":{"method":"no"}\\ndata: ,"id":1}\\n\\n`,       answer
            a batch,                 `data: [{"method":"a"},{"method":"b"}]\\n\\n`,                  a b
            escaped slash,           `data: {"method":"a\\\\/b"}\\n\\n`,                             a/b
            a comment and no JSON,   `: data: {"method":"a"}\\n\\ndata: nothing\\n\\ndata: {"method":"b"}\\n\\n`, b
            a longer and a bare name, `datas: {"method":"a"}\\ndata\\n\\n`,                          ``
            not ended yet,           `data: {"method":"a"}\\n`,                                      ``
            """)
    void messagesAreHeardWhereverTheStreamIsTorn(String name, String text, String heard) {
        byte[] stream = text.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\\\", "\\")
                .getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= stream.length; size++) {
            List<String> methods = new ArrayList<>();
            EventScan scan =
                    new EventScan(message -> methods.add(message.method().orElse("answer")));
            for (int from = 0; from < stream.length; from += size) {
                scan.feed(Unpooled.wrappedBuffer(stream, from, Math.min(size, stream.length - from)));
            }
            assertThat(String.join(" ", methods)).as("in pieces of %d", size).isEqualTo(heard);
        }
    }
}
