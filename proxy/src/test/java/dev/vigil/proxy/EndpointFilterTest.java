// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointFilterTest {
    private final List<String> heard = new ArrayList<>();
    private final EndpointFilter filter = new EndpointFilter(new EndpointFilter.Ear() {
        @Override
        public byte[] endpoint(String address) {
            heard.add("endpoint " + address);
            return "event: endpoint\ndata: ours\n\n".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public boolean message(byte[] data) {
            String text = new String(data, StandardCharsets.UTF_8);
            heard.add(text);
            return !text.contains("not the client's");
        }
    });

    /** However it is cut: nothing but the address changes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void onlyTheEndpointIsSaidInOtherWords(int size) {
        String before = "\uFEFF: hello\n\nretry: 5\r\n\r\nid: 1\rdata: {}\r\r\n\n\n";
        String after = "event: message\ndata: {\"a\":\ndata:1}\n\nevent: endpoints\ndata: x\n\n: ping\n\ndata: torn";
        String said = before + "event:endpoint\ndata:  /messages?x=1 \n\n" + after;
        assertThat(pass(said, size)).isEqualTo(before + "event: endpoint\ndata: ours\n\n" + after);
        assertThat(heard).containsExactly("{}", "endpoint /messages?x=1", "{\"a\":\n1}", "x");
    }

    @ParameterizedTest
    @CsvSource({"'\n'", "'\r\n'", "'\r'"})
    void wholeEventPassesAtOnceWithAllOfItsEnd(String end) {
        String event = "data: 1" + end + end;
        ByteBuf out = filter.feed(Unpooled.copiedBuffer(event, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(event);
        out.release();
    }

    @ParameterizedTest
    @CsvSource({"'\n'", "'\r\n'", "'\r'"})
    void whatIsNotTheClientsIsLeftOut(String end) {
        String event = "event: message" + end + "data: %" + end + end;
        String out =
                pass(event.replace("%", "1") + event.replace("%", "not the client's") + event.replace("%", "2"), 5);
        assertThat(out.replace("\r", "\n").replaceAll("\n+", "|"))
                .isEqualTo("event: message|data: 1|event: message|data: 2|");
    }

    @Test
    void eventThatIsTooLongPassesUnreadAndTheNextOneIsReadAgain() {
        String tooLong = "data: not the client's" + "x".repeat(EndpointFilter.LONGEST) + "\ndata: nor this\n\n";
        assertThat(pass(tooLong + "data: 1\n\n", 1000)).isEqualTo(tooLong + "data: 1\n\n");
        assertThat(heard).containsExactly("1");
    }

    private String pass(String said, int size) {
        byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
        ByteBuf all = Unpooled.buffer();
        for (int from = 0; from < bytes.length; from += size) {
            ByteBuf out = filter.feed(Unpooled.copiedBuffer(bytes, from, Math.min(size, bytes.length - from)));
            all.writeBytes(out);
            out.release();
        }
        filter.rest(all);
        return all.toString(StandardCharsets.UTF_8);
    }
}
