// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.proxy.OwnAnswer.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Every answer that the code can give keeps the published contract, {@code docs/skip.schema.json}. */
class SkipSchemaTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** As it is in the jar. */
    private static final String SCHEMA = "/dev/vigil/skip.schema.json";

    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"t\"}}";
    private static final String MODERN_CALL = "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/call\",\"params\":"
            + "{\"name\":\"t\\u0007;\\\"<x>\",\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";
    private static final String NAMELESS_CALL = "{\"id\":1.5,\"method\":\"tools/call\"}";
    private static final String READ =
            "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"resources/read\",\"params\":{\"uri\":\"x:y\"}}";
    private static final String CONNECT = "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}";
    private static final String BATCH =
            "[" + CALL + "," + READ + ",{\"method\":\"notifications/x\"}," + NAMELESS_CALL + "]";

    static Stream<Arguments> everyAnswerToEveryRequest() {
        return SkipCatalogue.all().entrySet().stream()
                .flatMap(answer -> Stream.of(CALL, MODERN_CALL, NAMELESS_CALL, READ, CONNECT)
                        .map(request -> Arguments.of(answer.getKey(), request, answer.getValue())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("everyAnswerToEveryRequest")
    void answerFitsTheDefinitionOfItsCase(String name, String request, OwnAnswer own) {
        JsonNode answer = JSON.readTree(
                SkipReply.to(HttpMethod.POST, SkipCatalogue.scan(request), own).body());
        assertFits(
                own.kind().isSkip() ? request.contains("tools/call") ? "skippedCall" : "skippedRequest" : "trouble",
                answer);
        assertNothingUnnamed(answer);
    }

    static Stream<Arguments> everyAnswer() {
        return SkipCatalogue.all().entrySet().stream().map(answer -> Arguments.of(answer.getKey(), answer.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyAnswer")
    void batchFitsWithOneAnswerForEachRequest(String name, OwnAnswer own) {
        JsonNode answers = JSON.readTree(
                SkipReply.to(HttpMethod.POST, SkipCatalogue.scan(BATCH), own).body());
        assertFits("batch", answers);
        assertThat(answers.size()).isEqualTo(3);
        answers.forEach(SkipSchemaTest::assertNothingUnnamed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyAnswer")
    void eventsOfAStreamFit(String name, OwnAnswer own) {
        for (String body : List.of(CALL, MODERN_CALL, READ, BATCH)) {
            List<String> events = events(SkipCatalogue.scan(body), own);
            assertThat(events).hasSize(body.equals(BATCH) ? 3 : 1);
            for (String event : events) {
                JsonNode answer = JSON.readTree(event);
                assertFits("answer", answer);
                assertNothingUnnamed(answer);
            }
        }
    }

    private static List<String> events(MessageScan scan, OwnAnswer own) {
        ByteBuf written = SkipReply.events(scan, own);
        String text = written.toString(StandardCharsets.UTF_8);
        written.release();
        assertThat(text).matches("(event: message\ndata: [^\n\r]+\n\n)+");
        return text.lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> line.substring(6))
                .toList();
    }

    @Test
    void clientWithoutAKeyIsToldNothingElse() {
        for (String body : List.of(CALL, READ, BATCH, "nonsense")) {
            Reply reply = SkipReply.notConnected(HttpMethod.POST, SkipCatalogue.scan(body), Optional.of("codex"));
            assertFits("notConnected", JSON.readTree(reply.body()));
        }
    }

    @Test
    void schemaNamesEveryKindAndNoOther() {
        Map<Boolean, List<String>> kinds = Arrays.stream(Kind.values())
                .collect(Collectors.partitioningBy(Kind::isSkip, Collectors.mapping(Kind::word, Collectors.toList())));
        assertThat(named("authorizationKind")).isEqualTo(kinds.get(true));
        assertThat(named("troubleKind")).isEqualTo(kinds.get(false));
        assertThat(SkipCatalogue.all().values())
                .as("the catalogue has every kind")
                .extracting(OwnAnswer::kind)
                .contains(Kind.values());
    }

    private static List<String> named(String definition) {
        return JsonSchemas.read(SCHEMA)
                .at("/$defs/" + definition + "/oneOf")
                .valueStream()
                .map(each -> each.path("const").asString())
                .toList();
    }

    /** What a later release may add does not break who validates today; what it may not do shows. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"kind":"quota_exceeded"}          => true
            {"colour":"red"}                   => true
            {"reason":"never_heard_of"}        => true
            {"version":2}                      => false
            {"connector":"No Such Name"}       => false
            {"sent":"no"}                      => false
            {"retryable":true}                 => false
            {"retryAfter":5}                   => false
            {"action":"rm -rf x"}              => false
            {"action":"vigil login x | sh"}    => false
            {"since":"yesterday"}              => false
            {"scopes":[]}                      => false
            """)
    void objectMayGrowButNotChangeItsMeaning(String change, boolean fits) {
        ObjectNode skip = (ObjectNode) JSON.readTree(SkipReply.to(
                                HttpMethod.POST,
                                SkipCatalogue.scan(CALL),
                                SkipCatalogue.all().values().iterator().next())
                        .body())
                .at("/result/_meta/dev.vigil~1skip");
        skip.setAll((ObjectNode) JSON.readTree(change));
        assertThat(JsonSchemas.complaints(SCHEMA, "skip", skip).isEmpty()).isEqualTo(fits);
    }

    @Test
    void documentationNamesEveryFieldKindReasonAndCode() throws IOException {
        String page = Files.readString(Path.of("../docs/skip.md"));
        assertThat(page).contains(String.valueOf(SkipReply.SKIPPED), String.valueOf(SkipReply.UPSTREAM));
        assertThat(page).contains(String.valueOf(SkipReply.NOT_CONNECTED));
        JsonSchemas.read(SCHEMA)
                .at("/$defs/skip/properties")
                .propertyNames()
                .forEach(field -> assertThat(page).contains("| `" + field + "` |"));
        for (OwnAnswer own : SkipCatalogue.all().values()) {
            assertThat(page).contains("| `" + own.kind().word() + "` |").contains('`' + own.reason() + '`');
        }
    }

    private static void assertFits(String definition, JsonNode answer) {
        assertThat(JsonSchemas.complaints(SCHEMA, definition, answer))
                .as("%s", answer)
                .isEmpty();
    }

    private static void assertNothingUnnamed(JsonNode answer) {
        JsonNode skip = answer.has("result") ? answer.at("/result/_meta/dev.vigil~1skip") : answer.at("/error/data");
        assertThat(JsonSchemas.complaintsOfAStickler(SCHEMA, "skip", skip))
                .as("%s", skip)
                .isEmpty();
    }
}
