// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class MessageScanTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void everythingIsFoundWhereverItStands() {
        RpcMessage message = only("""
                {"params":{"_meta":{"progressToken":"p-1","io.modelcontextprotocol/protocolVersion":"2026-07-28"},
                 "arguments":{"id":5,"method":"no","params":{"name":"no"}},"name":"search","uri":"file:///x"},
                 "result":{"id":6},"method":"tools/call","jsonrpc":"2.0", "id" : 7 }""");
        assertThat(message)
                .isEqualTo(new RpcMessage(
                        Optional.of("7"),
                        Optional.of("tools/call"),
                        Optional.of("search"),
                        Optional.of("file:///x"),
                        Optional.of("\"p-1\""),
                        Optional.of("2026-07-28")));
    }

    @Test
    void idsAreKeptByteForByte() {
        for (String id :
                List.of("1", "-1", "1.50", "1e3", "\"a\"", "\"\\u0061\\n\\\"\"", "\"ä\"", "123456789012345678901")) {
            assertThat(only("{\"id\":" + id + ",\"method\":\"x\"}").id()).contains(id);
        }
        for (String none : List.of("null", "true", "{}", "[1]")) {
            assertThat(only("{\"id\":" + none + ",\"method\":\"x\"}").id()).isEmpty();
        }
        assertThat(only("{\"id\":\"" + "x".repeat(5000) + "\",\"method\":\"x\"}")
                        .id())
                .as("too long to be kept")
                .isEmpty();
    }

    @Test
    void escapedKeysAndValuesAreUnderstood() {
        RpcMessage message =
                only("{\"\\u0069d\":3,\"m\\u0065thod\":\"tools\\/call\",\"params\":{\"name\":\"a\\\"b\\\\\"}}");
        assertThat(message.id()).contains("3");
        assertThat(message.method()).contains("tools/call");
        assertThat(message.name()).contains("a\"b\\");
    }

    @Test
    void keyThatStandsThereTwiceCountsTheSecondTime() {
        RpcMessage message = only("{\"id\":1,\"method\":\"a\",\"params\":{\"name\":\"b\",\"name\":\"c\"},"
                + "\"\\u0069d\":2,\"method\":[\"d\"]}");
        assertThat(message.id()).contains("2");
        assertThat(message.method()).isEmpty();
        assertThat(message.name()).contains("c");
    }

    /** It goes back into an event stream as it came, where a line end would end the event. */
    @ParameterizedTest
    @ValueSource(strings = {"a\n\ndata: b", "a\rb", "a\u0001b", "a\tb"})
    void idWithABareControlCharacterIsNotJson(String id) {
        assertThat(scan("{\"id\":\"" + id + "\",\"method\":\"m\"}", 3).isJson()).isFalse();
    }

    @Test
    void batchGivesEachMessageAndKeepsAHundred() {
        MessageScan scan = scan("[{\"id\":1,\"method\":\"a\"},{\"method\":\"b\"},{\"id\":\"x\",\"result\":{}}]", 1000);
        assertThat(scan.isBatch()).isTrue();
        assertThat(scan.messages().stream().map(RpcMessage::method))
                .containsExactly(Optional.of("a"), Optional.of("b"), Optional.empty());
        assertThat(scan.messages().stream().map(RpcMessage::isRequest)).containsExactly(true, false, false);
        assertThat(scan("[" + "{\"id\":1},".repeat(500) + "{}]", 1000).messages())
                .hasSize(100);
    }

    @Test
    void idAfterALongBodyIsFoundWithoutHoldingIt() {
        MessageScan scan = new MessageScan();
        feed(scan, "{\"method\":\"tools/call\",\"params\":{\"name\":\"big\",\"arguments\":{\"x\":\"");
        ByteBuf chunk = Unpooled.copiedBuffer("a\\\"".repeat(20_000), StandardCharsets.UTF_8);
        for (int i = 0; i < 1200; i++) {
            scan.feed(chunk); // 72 MB in all
        }
        feed(scan, "\"}},\"id\":9}");
        scan.finish();
        assertThat(scan.messages().get(0).id()).contains("9");
        assertThat(chunk.readerIndex()).as("feeding does not move it").isZero();
    }

    @Test
    void methodIsKnownBeforeTheBodyIsWhole() {
        MessageScan scan = new MessageScan();
        feed(scan, "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"search\",\"arg");
        assertThat(scan.method()).contains("tools/call");
        assertThat(scan.name()).contains("search");
        assertThat(scan.messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "hello",
                "\"text\"",
                "7",
                "{",
                "{\"a\":1",
                "{\"a\":\"b}",
                "{\"a\":1}}",
                "[1}",
                "{\"a\":1]",
                "{} {}",
                "{nope:1}",
                "{\"a\":nope}",
                "<html></html>"
            })
    void whatIsNotJsonIsSaidToBe(String body) {
        assertThat(scan(body, 3).isJson()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", " {\"a\":[{},[[]],{\"b\":{}}]}\n", "\uFEFF{\"id\":1}", "{\"a\":true,\"b\":-0.5}"})
    void whatIsJsonIsSaidToBe(String body) {
        assertThat(scan(body, 2).isJson()).isTrue();
    }

    @Test
    void deepNestingCostsNothing() {
        String deep = "{\"params\":" + "[".repeat(200_000) + "]".repeat(200_000) + ",\"id\":4,\"method\":\"m\"}";
        assertThat(only(deep).id()).contains("4");
    }

    @Test
    void agreesWithAWholeParserOnRandomMessagesHoweverTheyAreCut() {
        Random random = new Random(7);
        for (int round = 0; round < 3_000; round++) {
            ObjectNode message = object(random, 0);
            String text = random.nextBoolean() ? message.toString() : message.toPrettyString();
            RpcMessage found = scan(text, 1 + random.nextInt(40)).messages().get(0);
            assertThat(found.method()).as(text).isEqualTo(text(message.get("method")));
            assertThat(found.name())
                    .as(text)
                    .isEqualTo(text(message.path("params").get("name")));
            JsonNode id = message.get("id");
            boolean kept = id != null && (id.isString() || id.isNumber());
            assertThat(found.id().map(JSON::readTree)).as(text).isEqualTo(kept ? Optional.of(id) : Optional.empty());
        }
    }

    @Test
    void partOfAMessageIsNeverTakenForTheWhole() {
        Random random = new Random(8);
        for (int round = 0; round < 500; round++) {
            String text = object(random, 0).toString();
            String part = text.substring(0, random.nextInt(text.length()));
            assertThat(scan(part, 5).isJson()).as(part).isFalse();
        }
    }

    private static Optional<String> text(JsonNode node) {
        return node != null && node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JSON.createObjectNode();
        String[] keys = {"id", "method", "params", "name", "_meta", "progressToken", "x", "a\"b", "ü"};
        for (int i = random.nextInt(6); i >= 0; i--) {
            object.set(keys[random.nextInt(keys.length)], value(random, depth + 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        int kind = random.nextInt(depth > 4 ? 4 : 6);
        if (kind == 0) return JSON.getNodeFactory().numberNode(random.nextInt());
        if (kind == 1) return JSON.getNodeFactory().stringNode("t\\\"\n" + random.nextInt(9) + "é");
        if (kind == 2) return JSON.getNodeFactory().booleanNode(random.nextBoolean());
        if (kind == 3) return JSON.getNodeFactory().nullNode();
        if (kind == 4) return object(random, depth);
        ArrayNode array = JSON.createArrayNode();
        for (int i = random.nextInt(3); i > 0; i--) {
            array.add(value(random, depth + 1));
        }
        return array;
    }

    private static RpcMessage only(String body) {
        MessageScan scan = scan(body, 7);
        assertThat(scan.isJson())
                .as(body.substring(0, Math.min(200, body.length())))
                .isTrue();
        assertThat(scan.messages()).hasSize(1);
        return scan.messages().get(0);
    }

    private static MessageScan scan(String body, int pieces) {
        MessageScan scan = new MessageScan();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += pieces) {
            scan.feed(Unpooled.wrappedBuffer(bytes, from, Math.min(pieces, bytes.length - from)));
        }
        scan.finish();
        return scan;
    }

    private static void feed(MessageScan scan, String text) {
        scan.feed(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }
}
