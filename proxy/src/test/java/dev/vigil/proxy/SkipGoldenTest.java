// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every answer of Vigil's own in each shape that a revision of MCP knows, as files that a person can read and a change must
 * show itself in, each checked against the public schemas of those revisions. After a change that is wanted, write them anew
 * and look at the difference:
 *
 * <pre>mvn test -pl proxy -am -Dtest=SkipGoldenTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden=write; git diff</pre>
 */
class SkipGoldenTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/vigil/proxy/skips");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"find-page\"}}";
    private static final String READ =
            "{\"jsonrpc\":\"2.0\",\"id\":\"r-8\",\"method\":\"resources/read\",\"params\":{\"uri\":\"x:y\"}}";
    private static final String MODERN_CALL =
            CALL.replace("\"name\"", "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"},\"name\"");
    private static final String BATCH =
            "[" + CALL + ",{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}," + READ + "]";

    /** Revisions from the one before the other on; a shape that a revision does not know is not sent to it. */
    @ParameterizedTest
    @CsvSource({
        "tool-call.json, tools/call",
        "tool-call-2026-07-28.json, modern",
        "request.json, resources/read",
        "connect.json, initialize",
        "batch-2025-03-26.json, batch"
    })
    void answersAreThoseOfTheFile(String file, String shape) throws IOException {
        ArrayNode made = JSON.createArrayNode();
        SkipCatalogue.all().forEach((name, own) -> {
            Reply reply = SkipReply.to(HttpMethod.POST, SkipCatalogue.scan(body(shape)), own);
            ObjectNode entry = made.addObject().put("when", name).put("status", reply.status());
            entry.set("body", JSON.readTree(reply.body()));
        });
        assertGolden(file, made.toPrettyString() + "\n");
    }

    private static String body(String shape) {
        if (shape.equals("tools/call")) return CALL;
        if (shape.equals("modern")) return MODERN_CALL;
        if (shape.equals("batch")) return BATCH;
        return READ.replace("resources/read", shape);
    }

    @Test
    void eventsOfAStreamAreThoseOfTheFile() throws IOException {
        StringBuilder made = new StringBuilder();
        for (String name : List.of("refused refresh", "lost answer")) {
            for (String body : List.of(CALL, MODERN_CALL, READ)) {
                ByteBuf written = SkipReply.events(SkipCatalogue.scan(body), SkipCatalogue.named(name));
                made.append(": ").append(name).append("\n").append(written.toString(StandardCharsets.UTF_8));
                written.release();
            }
        }
        assertGolden("stream.txt", made.toString());
    }

    @Test
    void whatIsNoRequestIsAnsweredAsInTheFile() throws IOException {
        OwnAnswer expired = SkipCatalogue.named("refused refresh");
        OwnAnswer down = SkipCatalogue.named("no connection");
        MessageScan none = SkipCatalogue.scan("");
        Optional<String> agent = Optional.of("claude-code/2.1.329 (sdk-cli)");
        String made = Stream.of(
                        line("GET, expired", SkipReply.to(HttpMethod.GET, none, expired)),
                        line("DELETE, expired", SkipReply.to(HttpMethod.DELETE, none, expired)),
                        line("GET, no connection", SkipReply.to(HttpMethod.GET, none, down)),
                        line("notification", post("{\"method\":\"notifications/initialized\"}", expired)),
                        line("answer of the client", post("{\"id\":1,\"result\":{}}", expired)),
                        line("batch without a request", post("[{\"method\":\"notifications/x\"}]", expired)),
                        line("no JSON", post("nonsense", expired)),
                        line(
                                "POST without a key",
                                SkipReply.notConnected(HttpMethod.POST, SkipCatalogue.scan(READ), agent)),
                        line("GET without a key", SkipReply.notConnected(HttpMethod.GET, none, agent)))
                .reduce("", String::concat);
        assertGolden("others.txt", made);
    }

    private static Reply post(String body, OwnAnswer own) {
        return SkipReply.to(HttpMethod.POST, SkipCatalogue.scan(body), own);
    }

    private static String line(String what, Reply reply) {
        String said = what + ": " + reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8);
        return said.stripTrailing() + "\n";
    }

    private static void assertGolden(String name, String made) throws IOException {
        Path file = FOLDER.resolve(name);
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, made);
            fail("%s was written anew. Look at the difference, then run without -Dgolden=write.", file);
        }
        assertThat(file).hasContent(made);
    }

    static Stream<Arguments> filesAndRevisions() {
        List<String> legacy = List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25");
        return Stream.concat(
                Stream.of(
                        Arguments.of("tool-call-2026-07-28.json", "2026-07-28"),
                        Arguments.of("request.json", "2026-07-28"),
                        Arguments.of("batch-2025-03-26.json", "2025-03-26")),
                legacy.stream()
                        .flatMap(revision -> Stream.of("tool-call.json", "request.json", "connect.json")
                                .map(file -> Arguments.of(file, revision))));
    }

    @ParameterizedTest
    @MethodSource("filesAndRevisions")
    void filesFitThePublicSchemaOfTheRevision(String file, String revision) throws IOException {
        ArrayNode entries = (ArrayNode) JSON.readTree(Files.readString(FOLDER.resolve(file)));
        assertThat(entries.size()).isEqualTo(SkipCatalogue.all().size());
        for (JsonNode entry : entries) {
            JsonNode body = entry.get("body");
            assertFits(revision, body.isArray() ? "JSONRPCBatchResponse" : "JSONRPCMessage", body);
            (body.isArray() ? body.valueStream() : Stream.of(body))
                    .forEach(answer -> assertAnswerFits(revision, answer));
        }
    }

    @Test
    void eventsFitThePublicSchemas() throws IOException {
        List<JsonNode> answers = Files.readString(FOLDER.resolve("stream.txt"))
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> JSON.readTree(line.substring("data: ".length())))
                .toList();
        assertThat(answers).hasSize(6);
        for (JsonNode answer : answers) {
            assertAnswerFits(answer.at("/result/resultType").isMissingNode() ? "2025-11-25" : "2026-07-28", answer);
        }
    }

    private static void assertAnswerFits(String revision, JsonNode answer) {
        boolean renamed = revision.compareTo("2025-11-25") >= 0;
        if (answer.has("error")) {
            assertFits(revision, renamed ? "JSONRPCErrorResponse" : "JSONRPCError", answer);
        } else {
            assertFits(revision, renamed ? "JSONRPCResultResponse" : "JSONRPCResponse", answer);
            assertFits(revision, "CallToolResult", answer.get("result"));
        }
    }

    private static void assertFits(String revision, String definition, JsonNode value) {
        assertThat(JsonSchemas.complaints("mcp-schemas/" + revision + ".json", definition, value))
                .as("%s of %s: %s", definition, revision, value)
                .isEmpty();
    }
}
