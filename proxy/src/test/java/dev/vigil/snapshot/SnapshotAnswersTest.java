// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SnapshotAnswersTest {
    private static final String TOOLS = "[{\"name\":\"search\",\"x\":1.50}]";
    private static final Owner ANN = Owners.of(Owners.loginOf("ann", 1, Owners.LOGIN));
    private static final Instant TAKEN = Instant.parse("2026-11-21T08:00:00Z");
    private static final String MARK = "{\"connector\":\"notion\",\"takenAt\":\"2026-11-21T08:00:00Z\"}";
    private static final String SENTENCE = "If a tool of this server answers authorization expired for notion: skipped,"
            + " that part of the task is skipped. Go on with the rest and list that line in the final report.";

    static final Snapshot LEGACY = new Snapshot(
            ANN,
            "2025-11-25",
            Set.of("2025-11-25", "2025-06-18"),
            TAKEN,
            new Greeting.Welcome(
                    "{'protocolVersion':'2025-11-25','capabilities':{'tools':{},'resources':{'subscribe':true},"
                                    .replace('\'', '"')
                            + "'logging':{},'experimental':{'x':1}},'serverInfo':{'name':'n','version':'1'},'instructions':'Be nice.','_meta':{'a':1}}"
                                    .replace('\'', '"')),
            Map.of(ListKind.TOOLS, new Listing(TOOLS, Optional.empty())));
    static final Snapshot MODERN = new Snapshot(
            ANN,
            "2026-07-28",
            Set.of("2026-07-28"),
            TAKEN,
            new Greeting.Welcome(
                    "{'supportedVersions':['2026-07-28'],'capabilities':{'tools':{'listChanged':false}},'ttlMs':60000,'cacheScope':'public'}"
                            .replace('\'', '"')),
            Map.of(ListKind.TOOLS, new Listing(TOOLS, Optional.of("public"))));

    @Test
    void initializeTellsWhatTheServerToldAndThatListsMayChange() {
        ObjectNode result = result(LEGACY, "initialize", "2025-11-25");

        assertThat(result.path("protocolVersion").asString()).isEqualTo("2025-11-25");
        assertThat(result.path("capabilities"))
                .hasToString("{'tools':{'listChanged':true},'resources':{'subscribe':true,'listChanged':true},"
                                .replace('\'', '"')
                        + "'logging':{},'experimental':{'x':1}}".replace('\'', '"'));
        assertThat(result.path("serverInfo").path("name").asString()).isEqualTo("n");
        assertThat(result.path("instructions").asString()).isEqualTo("Be nice.\n\n" + SENTENCE);
        assertThat(result.path("_meta")).hasToString("{\"a\":1,\"dev.vigil/snapshot\":" + MARK + "}");
        assertThat(result.has("resultType")).isFalse();
        assertThat(result.has("ttlMs")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2025-06-18, 2025-06-18", "2025-03-26, 2025-11-25", "2024-11-05, 2025-11-25", "2026-07-28, 2025-11-25"})
    void initializeSpeaksTheClientsRevisionOnlyWhereTheServerDoes(String asked, String spoken) {
        assertThat(result(LEGACY, "initialize", asked).path("protocolVersion").asString())
                .isEqualTo(spoken);
    }

    @Test
    void discoverIsWholeAndNotToBeKept() {
        ObjectNode result = result(MODERN, "server/discover", "2026-07-28");

        assertThat(result.path("resultType").asString()).isEqualTo("complete");
        assertThat(result.path("ttlMs").asInt(-1)).isZero();
        assertThat(result.path("cacheScope").asString()).isEqualTo("public");
        assertThat(result.at("/capabilities/tools/listChanged").asBoolean()).isTrue();
        assertThat(result.path("instructions").asString()).isEqualTo(SENTENCE);
        assertThat(result.path("_meta").path("dev.vigil/snapshot")).hasToString(MARK);
    }

    @Test
    void listIsTheServersByteForByte() {
        assertThat(SnapshotAnswers.of(LEGACY, ask("tools/list", "2025-11-25")).orElseThrow())
                .isEqualTo(new Served(
                        200,
                        "{\"jsonrpc\":\"2.0\",\"id\":\"a\\u0041\",\"result\":{\"tools\":" + TOOLS
                                + ",\"_meta\":{\"dev.vigil/snapshot\":" + MARK + "}}}"));
        assertThat(SnapshotAnswers.of(MODERN, ask("tools/list", "2026-07-28"))
                        .orElseThrow()
                        .json())
                .contains("\"tools\":" + TOOLS + ",\"ttlMs\":0,\"cacheScope\":\"public\",\"resultType\":\"complete\"");
    }

    @Test
    void listThatIsNotOfferedIsAnsweredAsTheServerWould() {
        assertThat(error(LEGACY, ask("prompts/list", "2025-11-25"), 200)
                        .path("code")
                        .asInt())
                .isEqualTo(-32601);
        assertThat(error(MODERN, ask("prompts/list", "2026-07-28"), 404)
                        .path("code")
                        .asInt())
                .isEqualTo(-32601);
    }

    @Test
    void cursorIsUnknownSinceAllPagesAreOne() {
        Ask paged = new Ask("7", "tools/list", Optional.of("2025-11-25"), Optional.of("page2"));

        assertThat(error(LEGACY, paged, 200).path("code").asInt()).isEqualTo(-32602);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"})
    void smallThingsAreDoneHere(String method) {
        assertThat(result(LEGACY, method, "2025-11-25").propertyNames()).containsExactly("_meta");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools/call", "prompts/get", "resources/read", "completion/complete", "vendor/thing"})
    void whatOnlyTheServerKnowsIsNotAnswered(String method) {
        assertThat(SnapshotAnswers.of(LEGACY, ask(method, "2025-11-25"))).isEmpty();
        assertThat(SnapshotAnswers.of(MODERN, ask(method, "2026-07-28"))).isEmpty();
    }

    @Test
    void refusalIsRepeatedWithTheAskersId() {
        Greeting.Refused said = new Greeting.Refused(400, Optional.of("{\"code\":-32000,\"message\":\"no\"}"));
        Snapshot refused = Snapshot.refused(ANN, Era.MODERN, TAKEN, said);

        assertThat(SnapshotAnswers.of(refused, ask("server/discover", "2026-07-28"))
                        .orElseThrow())
                .isEqualTo(new Served(
                        400,
                        "{\"jsonrpc\":\"2.0\",\"id\":\"a\\u0041\",\"error\":{\"code\":-32000,\"message\":\"no\"}}"));
    }

    @Test
    void refusalWithoutAnErrorGetsTheUsualOne() {
        Snapshot refused = Snapshot.refused(ANN, Era.MODERN, TAKEN, new Greeting.Refused(404, Optional.empty()));

        assertThat(error(refused, ask("server/discover", "2026-07-28"), 404)
                        .path("code")
                        .asInt())
                .isEqualTo(-32601);
    }

    @Test
    void revisionThatAModernServerDoesNotSpeakIsNamedWithThoseItDoes() {
        ObjectNode error = error(MODERN, ask("tools/list", "2027-01-01"), 400);

        assertThat(error)
                .hasToString("{'code':-32022,'message':'Unsupported protocol version',".replace('\'', '"')
                        + "'data':{'supported':['2026-07-28'],'requested':'2027-01-01'}}".replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3_000, 3_815, 3_830, 3_990, 50_000})
    void longInstructionsMakeRoomForOurs(int length) {
        String text = Instructions.with("\uD83D\uDE00".repeat(length / 2), "notion");

        assertThat(text).endsWith(SENTENCE).hasSizeLessThanOrEqualTo(4_000);
        assertThat(new String(text.getBytes(UTF_8), UTF_8)).isEqualTo(text); // no character was cut in two
    }

    @Test
    void instructionsThatSaySoAlreadyStayAsTheyAre() {
        String once = Instructions.with("Be nice.", "notion");

        assertThat(Instructions.with(once, "notion")).isEqualTo(once);
    }

    private static Ask ask(String method, String revision) {
        return new Ask("\"a\\u0041\"", method, Optional.of(revision), Optional.empty());
    }

    private static ObjectNode result(Snapshot snapshot, String method, String revision) {
        Served served = SnapshotAnswers.of(snapshot, ask(method, revision)).orElseThrow();
        assertThat(served.status()).isEqualTo(200);
        return Json.object(Json.kept(served.json()), "result").orElseThrow();
    }

    private static ObjectNode error(Snapshot snapshot, Ask ask, int status) {
        Served served = SnapshotAnswers.of(snapshot, ask).orElseThrow();
        assertThat(served.status()).isEqualTo(status);
        return Json.object(Json.kept(served.json()), "error").orElseThrow();
    }
}
