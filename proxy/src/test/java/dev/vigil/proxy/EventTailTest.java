// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTailTest {
    private final List<ByteBuf> made = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        // pieces separated by |, what is passed on after each; N is a line feed, R a carriage return
        "data: aNN,                     data: aNN",
        "data: aNNdata: b,              data: aNN",
        "data: aN|N,                    |data: aNN",
        "data: aRNRNdata,               data: aRNRN",
        "data: aRNR|Nx,                 data: aRNR|N",
        "data: aRR,                     data: aRR",
        "data: aNRN,                    data: aNRN",
        "data: a|b|cNNd,                ||data: abcNN",
        ": pingNN|data: xNN,            : pingNN|data: xNN",
        "NN,                            NN",
    })
    void wholeEventsPassAndTheRestWaits(String pieces, String passed) {
        EventTail tail = new EventTail(1000);
        String[] in = marks(pieces).split("\\|", -1);
        String[] out = marks(passed).split("\\|", -1);
        for (int i = 0; i < in.length; i++) {
            assertThat(text(tail.feed(piece(in[i])))).as("after piece " + i).isEqualTo(out[i]);
        }
        assertThat(tail.atBoundary()).isTrue();
        tail.release();
        assertNothingLeaks();
    }

    @Test
    void eventThatIsTooLongIsLetThroughAndRemembered() {
        EventTail tail = new EventTail(10);
        assertThat(text(tail.feed(piece("data: 1234")))).isEmpty();
        assertThat(text(tail.feed(piece("5")))).isEqualTo("data: 12345");
        assertThat(tail.atBoundary()).isFalse();
        assertThat(text(tail.feed(piece("6")))).isEqualTo("6");
        assertThat(text(tail.feed(piece("\n\ndata")))).isEqualTo("\n\n");
        assertThat(tail.atBoundary()).isTrue();
        tail.release();
        assertNothingLeaks();
    }

    @Test
    void regularEndGivesWhatIsHeld() {
        EventTail tail = new EventTail(1000);
        text(tail.feed(piece("data: a\n\ndata: unfinished")));
        assertThat(text(tail.rest())).isEqualTo("data: unfinished");
        assertNothingLeaks();
    }

    @Test
    void passesExactlyTheWholeEventsHoweverTheStreamIsCut() {
        Random random = new Random(11);
        String[] parts = {"data: x", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", ": c", "", "id: 7\ndata: {}\n\n"};
        for (int round = 0; round < 5_000; round++) {
            EventTail tail = new EventTail(1000);
            StringBuilder sent = new StringBuilder();
            StringBuilder seen = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                String part = parts[random.nextInt(parts.length)];
                sent.append(part);
                seen.append(text(tail.feed(piece(part))));
                assertThat(seen.toString()).isEqualTo(wholeEvents(sent.toString()));
            }
            tail.release();
        }
        assertNothingLeaks();
    }

    /** The longest beginning that ends with a blank line, by the plainest reading of the rule. */
    private static String wholeEvents(String stream) {
        for (int end = stream.length(); end > 0; end--) {
            String lines =
                    "\n\n" + stream.substring(0, end).replace("\r\n", "\n").replace('\r', '\n');
            if (lines.endsWith("\n\n")) {
                return stream.substring(0, end);
            }
        }
        return "";
    }

    @Test
    void nothingIsLostOrChangedWhenEventsAreTooLong() {
        Random random = new Random(12);
        String[] parts = {"data: x", "\n", "\r\n", "\r", "\n\n", "\r\n\r\n", ": c", "id: 7\ndata: {}\n\n"};
        for (int round = 0; round < 2_000; round++) {
            EventTail tail = new EventTail(8 + random.nextInt(40));
            StringBuilder sent = new StringBuilder();
            StringBuilder seen = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                String part = parts[random.nextInt(parts.length)];
                sent.append(part);
                seen.append(text(tail.feed(piece(part))));
            }
            seen.append(text(tail.rest()));
            assertThat(seen).hasToString(sent.toString());
        }
        assertNothingLeaks();
    }

    @Test
    void eventThatComesByteByByteIsHeldAsCheaplyAsAnyOther() {
        EventTail tail = new EventTail(64 * 1024);
        String event = "data: " + "x".repeat(60_000) + "\n\n";
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < event.length(); i++) {
            seen.append(text(tail.feed(piece(event.substring(i, i + 1)))));
            assertThat(i < event.length() - 1 && !seen.isEmpty()).isFalse();
        }
        assertThat(seen).hasToString(event);
        assertNothingLeaks();
    }

    private ByteBuf piece(String text) {
        ByteBuf piece = PooledByteBufAllocator.DEFAULT.buffer();
        piece.writeCharSequence(text, StandardCharsets.UTF_8);
        made.add(piece);
        return piece;
    }

    private static String text(ByteBuf bytes) {
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.release();
        return text;
    }

    private void assertNothingLeaks() {
        assertThat(made).allSatisfy(piece -> assertThat(piece.refCnt()).isZero());
    }

    private static String marks(String text) {
        return text.replace('N', '\n').replace('R', '\r');
    }
}
