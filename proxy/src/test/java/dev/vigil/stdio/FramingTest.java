// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines in, lines out, events between. */
class FramingTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LineWriter writer = new LineWriter(new PrintStream(out, true, StandardCharsets.UTF_8), () -> {});

    @Test
    void inputIsCutAtLineFeedsWhateverThePiecesAre() throws IOException {
        String large = "x".repeat(200_000);

        assertThat(lines("{}\n\n" + large + "\nlast", 1 << 20)).containsExactly("{}", large, "last");
    }

    @Test
    void linesThatAreTooLongAreForgottenAndTheNextIsRead() throws IOException {
        assertThat(lines("x".repeat(200_001) + "\n{}\n", 200_000)).containsExactly("TOO LONG", "{}");
        assertThat(lines("x".repeat(200_000) + "\n{}\n", 200_000)).hasSize(2).contains("{}");
    }

    private static List<String> lines(String input, long longest) throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), longest);
        List<String> lines = new ArrayList<>();
        for (Optional<LineReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
            byte[] bytes = line.get().body().stream().readAllBytes();
            lines.add(line.get().isTooLong() ? "TOO LONG" : new String(bytes, StandardCharsets.UTF_8));
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void eventsAreReadWhateverThePiecesAre(int size) {
        Events events = new Events(writer, Outgoing::send);
        Wire.Pieces body = events.body();
        String stream =
                ": hello\r\n\r\nid: 1\ndata:\n\nretry: 2500\nevent: message\ndata: {\"id\":1,\r\ndata: \"result\":{}}\r\n\r\n"
                        + "event: endpoint\ndata: {\"id\":2}\n\nid: 7\rdata:{\"method\":\"x\"}\r\rdata: {\"id\":9";
        byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += size) {
            body.piece(ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from)));
        }
        body.torn();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{\"id\":1, \"result\":{}}\n{\"method\":\"x\"}\n");
        assertThat(events.lastId()).contains("7");
        assertThat(events.pause()).hasMillis(2500);
    }

    @Test
    void answersOfSeveralLinesBecomeOne() {
        assertThat(sent("{\r\n \"id\": 1,\n \"result\": \"a\\nb\"\n}\n"))
                .isEqualTo("{   \"id\": 1,  \"result\": \"a\\nb\" } \n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{\"id\":1", "{\"error\":\"not_found\"}", "[]", "7"})
    void whatIsNoMessageNeverReachesTheClient(String answer) {
        assertThat(sent(answer)).isEmpty();
    }

    private String sent(String answer) {
        Outgoing outgoing = new Outgoing(writer);
        outgoing.add(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
        if (outgoing.isMessage()) {
            outgoing.send();
        } else {
            outgoing.drop();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void answersBeyondWhatIsHeldFlowThroughWhole() {
        Outgoing outgoing = new Outgoing(writer);
        byte[] piece = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        outgoing.add(ByteBuffer.wrap("{\"id\":\"big\",\"result\":\"".getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 40; i++) {
            outgoing.add(ByteBuffer.wrap(piece));
        }
        int before = out.size();
        outgoing.add(ByteBuffer.wrap("\"}".getBytes(StandardCharsets.UTF_8)));

        assertThat(before).isGreaterThan(39 << 20);
        assertThat(outgoing.isMessage()).isTrue();
        assertThat(outgoing.answers()).containsExactly("\"big\"");
        outgoing.send();
        assertThat(out.size()).isEqualTo((40 << 20) + 25);
        assertThat(writer.hold((int) LineWriter.HELD_AT_MOST))
                .as("nothing stays counted")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "{\"id\":1,\"method\":\"a\"}x # -32700",
                "{\"id\":1 # -32700",
                "hello # -32700",
                "7 # -32600",
                "[] # -32600",
                "[7] # -32600"
            })
    void whatIsNoMessageIsRefusedByTheCodeOfJsonRpc(String line, int code) {
        assertThatThrownBy(() -> read(line))
                .isInstanceOfSatisfying(
                        ClientMessage.Malformed.class,
                        e -> assertThat(e.answer())
                                .startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":" + code));
    }

    @Test
    void messagesAreUnderstoodWhereverTheirFieldsStand() throws Exception {
        Rpc one =
                read("{\"params\":{\"arguments\":{\"id\":9,\"method\":\"no\"},\"name\":\"t\"},\"method\":\"tools/call\","
                                + "\"id\":\"a\\u00e4\"}")
                        .first();
        assertThat(one.id()).contains("\"aä\"");
        assertThat(one.name()).contains("t");
        assertThat(
                        read("[{\"id\":1,\"method\":\"a\"},{\"method\":\"b\"},{\"id\":1.50,\"method\":\"c\"},{\"id\":5,\"result\":{}}]")
                                .requests())
                .containsExactly("1", "1.50");
        assertThat(read("{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"q\"}}")
                        .cancels())
                .contains("\"q\"");
    }

    @Test
    void deepNestingIsNoFault() throws Exception {
        int deep = 5000;

        assertThat(read("{\"id\":1,\"method\":\"x\",\"params\":" + "[".repeat(deep) + "]".repeat(deep) + "}")
                        .requests())
                .containsExactly("1");
    }

    private static ClientMessage read(String line) throws ClientMessage.Malformed {
        return ClientMessage.read(Body.of(line.getBytes(StandardCharsets.UTF_8)));
    }
}
