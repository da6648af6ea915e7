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
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("\"p-1\""),
                        Optional.of("2026-07-28")));
    }

    @Test
    void idsAreKeptByteForByte() {
        for (String id :
                List.of("1", "-1", "1.50", "1e3", "\"a\"", "\"\\u0061\\n\\\"\"", "\"ä\"", "123456789012345678901")) {
            assertThat(only("{\"id\":" + id + ",\"method\":\"x\"}").id()).contains(id);
        }
        String longest = "\"" + "x".repeat(1022) + "\"";
        assertThat(only("{\"id\":" + longest + ",\"method\":\"x\"}").id()).contains(longest);
        for (String none : List.of("null", "true", "{}", "[1]", "{\"id\":1}", "[{\"id\":1}]")) {
            assertThat(only("{\"id\":" + none + ",\"method\":\"x\"}").id()).isEmpty();
        }
    }

    /** Who waits for an answer must get one: it says that the body makes no sense. */
    @Test
    void whatCannotBeAnsweredIsNotTakenForANotification() {
        for (String id : List.of("\"" + "x".repeat(1023) + "\"", "1" + "0".repeat(1024), "-1." + "0".repeat(5000))) {
            assertThat(scan("{\"id\":" + id + ",\"method\":\"x\"}", 50).isJson())
                    .isFalse();
        }
        assertThat(scan("{\"id\":1,\"method\":\"" + "x".repeat(2000) + "\"}", 50)
                        .isJson())
                .isFalse();
        assertThat(scan("[" + "{\"id\":1,\"method\":\"x\"},".repeat(100) + "{}]", 50)
                        .isJson())
                .isFalse();
        assertThat(scan("[" + "{\"id\":1,\"method\":\"x\"},".repeat(99) + "{}]", 50)
                        .isJson())
                .isTrue();
    }

    /** It goes back as it came: what only begins like a number would spoil our answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x1F", "01", "1.", ".5", "1e", "--1", "+1", "1\"a\"", "1:2", "1\u000b", "-", "1_000", "NaN", "1/2"
            })
    void idThatIsNoNumberIsNotJson(String id) {
        assertThat(scan("{\"method\":\"m\",\"id\":" + id + "}", 3).isJson()).isFalse();
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

    @Test
    void lastOfTwoParamsIsTheOneThatIsRead() {
        String found = "{\"name\":\"a\",\"uri\":\"x:y\",\"_meta\":{\"progressToken\":1}}";
        RpcMessage replaced = only("{\"id\":1,\"method\":\"m\",\"params\":" + found + ",\"params\":{\"name\":\"b\"}}");
        assertThat(replaced)
                .isEqualTo(new RpcMessage(
                        Optional.of("1"),
                        Optional.of("m"),
                        Optional.of("b"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        RpcMessage emptied = only("{\"params\":{\"_meta\":{\"progressToken\":1},\"name\":\"a\",\"_m\\u0065ta\":7}}");
        assertThat(emptied.progressToken()).isEmpty();
        assertThat(emptied.name()).contains("a");
    }

    /** Each is the params of a request whose only id is 7; some of them hold look-alikes of every field. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1}",
                "{\"arguments\":{\"id\":1,\"method\":\"x\",\"name\":\"x\",\"params\":{\"id\":2,\"name\":\"x\"}}}",
                "{\"arguments\":{\"text\":\"\\\",\\\"id\\\":1,\\\"method\\\":\\\"x\\\"}\"}}",
                "{\"arguments\":{\"text\":\"\\\\\",\"id\":1}}",
                "{\"arguments\":\"}]}}\\\\\\\"}\"}",
                "[{\"id\":1,\"method\":\"x\",\"name\":\"x\",\"_meta\":{\"progressToken\":1}}]",
                "[\"id\",1,\"name\",\"x\",[\"id\"]]",
                "{\"x\":[{\"id\":1},[{\"id\":2}],{\"params\":{\"name\":\"x\"}}]}",
                "{\"_meta\":{\"id\":1,\"name\":\"x\",\"method\":\"x\",\"x\":{\"progressToken\":1}}}",
                "{\"_meta\":[{\"progressToken\":1}],\"x\":{\"_meta\":{\"progressToken\":1}}}",
                "{\"ID\":1,\"Id\":2,\"id \":3,\"\":4,\"i\\u0064\":5,\"Name\":\"x\"}",
                "{\"arguments\":{\"progressToken\":1,\"io.modelcontextprotocol/protocolVersion\":\"x\"}}",
                "{\"_meta\":{}},\"params\":[{\"progressToken\":1}]",
                "null",
                "\"id\"",
                "7.5e3"
            })
    void lookAlikesAreNotTaken(String params) {
        RpcMessage expected = new RpcMessage(
                Optional.of("7"),
                Optional.of("m"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        String before = "{\"id\":7,\"method\":\"m\",\"params\":" + params + "}";
        String after = "{ \"params\" :\r\n\t" + params + " , \"method\":\"m\" ,\n\"\\u0069\\u0064\"\n:\t7\r\n}\r\n";
        assertThat(only(before)).isEqualTo(expected);
        assertThat(only(after)).isEqualTo(expected);
        assertThat(only("\uFEFF" + after)).isEqualTo(expected);
        MessageScan batch = scan("[" + before + ",\n" + after + "]", 5);
        assertThat(batch.isJson()).isTrue();
        assertThat(batch.messages()).containsExactly(expected, expected);
    }

    /** It goes back into an event stream as it came, where a line end would end the event. */
    @ParameterizedTest
    @ValueSource(strings = {"a\n\ndata: b", "a\rb", "a\u0001b", "a\tb"})
    void idWithABareControlCharacterIsNotJson(String id) {
        assertThat(scan("{\"id\":\"" + id + "\",\"method\":\"m\"}", 3).isJson()).isFalse();
    }

    @Test
    void batchGivesEachMessageAndKeepsNoMoreThanAHundred() {
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

    /** 64 MiB of whatever a tool may be given, full of ids, and then the one that counts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"params\":{\"id\":\"\\\\\"},\"x\":[1,\"id\",null,-2.5e1]},",
                "{\"\\u0069d\":[[],{},\"}\"],\"méthod\":true},",
                "\"\\\"id\\\":2,\\n\","
            })
    void idAfterLongParamsIsFound(String item) {
        MessageScan scan = new MessageScan();
        feed(scan, "[{\"params\":{\"arguments\":[");
        ByteBuf chunk = Unpooled.copiedBuffer(item.repeat(4000), StandardCharsets.UTF_8);
        for (long fed = 0; fed < 64L << 20; fed += chunk.readableBytes()) {
            scan.feed(chunk);
        }
        feed(scan, "0],\"name\":\"big\"},\"method\":\"tools/call\",\"i\\u0064\":\"l\\u0061st\"},{\"method\":\"n\"}]");
        scan.finish();
        assertThat(scan.isJson()).isTrue();
        assertThat(scan.messages().stream().map(RpcMessage::id))
                .containsExactly(Optional.of("\"l\\u0061st\""), Optional.empty());
        assertThat(scan.messages().get(0).name()).contains("big");
    }

    /** What may be done for its first message may not be done for the others. */
    @Test
    void noMessageSpeaksForABatch() {
        MessageScan scan = new MessageScan();
        feed(scan, "[{\"id\":1,\"method\":\"resources/read\",\"params\":{\"name\":\"a\",\"uri\":\"b\"}}");
        assertThat(scan.method()).isEmpty();
        feed(scan, ",{\"id\":2,\"method\":\"tools/call\"}]");
        assertThat(scan.method()).isEmpty();
        assertThat(scan.name()).isEmpty();
        assertThat(scan.uri()).isEmpty();
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
        String objects = "{\"id\":4,\"method\":\"m\",\"params\":" + "{\"id\":1,\"params\":".repeat(50_000) + "{}"
                + "}".repeat(50_000) + "}";
        assertThat(only(objects).id()).contains("4");
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
            assertThat(found.id().map(JSON::readTree)).as(text).isEqualTo(raw(message.path("id")));
            JsonNode token = message.path("params").path("_meta").path("progressToken");
            assertThat(found.progressToken().map(JSON::readTree)).as(text).isEqualTo(raw(token));
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

    private static Optional<JsonNode> raw(JsonNode node) {
        return node.isString() || node.isNumber() ? Optional.of(node) : Optional.empty();
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
