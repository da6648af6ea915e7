// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The offer of a login in both revisions that know one, as files ({@link SkipGoldenTest} says how to write them anew). */
class HelpTalkTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/vigil/proxy/skips");
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String URL = "http://127.0.0.1:7470/login/bG9naW4tbGluay1pZC0xMjM";
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"find-page\"}}";

    @Test
    void errorOf20251125IsThatOfTheFileAndFitsItsSchema() throws IOException {
        JsonNode made = body(HelpTalk.legacy(call(), own(), URL));
        assertGolden("login-2025-11-25.json", made);
        assertFits("2025-11-25", "URLElicitationRequiredError", made);
        assertFits("2025-11-25", "ElicitRequestURLParams", made.at("/error/data/elicitations/0"));
        assertThat(JsonSchemas.complaintsOfAStickler(
                        "/dev/vigil/skip.schema.json", "skip", made.at("/error/data/dev.vigil~1skip")))
                .isEmpty();
    }

    @Test
    void resultOf20260728IsThatOfTheFileAndFitsItsSchema() throws IOException {
        JsonNode made = body(HelpTalk.modern(call(), own(), URL));
        assertGolden("login-2026-07-28.json", made);
        assertFits("2026-07-28", "CallToolResultResponse", made);
        assertFits("2026-07-28", "InputRequiredResult", made.at("/result"));
        JsonNode asked = made.at("/result/inputRequests").get(HelpTalk.KEY);
        assertFits("2026-07-28", "ElicitRequest", asked);
        assertFits("2026-07-28", "ElicitRequestURLParams", asked.get("params"));
        assertThat(JsonSchemas.complaintsOfAStickler(
                        "/dev/vigil/skip.schema.json", "skip", made.at("/result/_meta/dev.vigil~1skip")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"elicitation":{"url":{}}}                => true
            {"elicitation":{"form":{},"url":{}}}      => true
            {"elicitation":{"form":{}}}               => false
            {"elicitation":{}}                        => false
            {"elicitation":{"url":null}}              => false
            {"url":{}}                                => false
            """)
    void onlyWhoSaysSoCanShowLinks(String capabilities, boolean can) {
        assertThat(HelpTalk.declaredIn(read("{\"params\":{\"capabilities\":" + capabilities + "}}")))
                .isEqualTo(can);
        String meta = "{\"params\":{\"_meta\":{\"io.modelcontextprotocol/clientCapabilities\":" + capabilities + "}}}";
        assertThat(HelpTalk.declaredWith(read(meta))).isEqualTo(can);
    }

    /** What a client sends; what the server gets, where that is something else; who else is answered; and is it a no? */
    @ParameterizedTest
    @CsvSource(delimiterString = "|", quoteCharacter = '`', textBlock = """
            {"name":"t","x":1.50e400}                                                              |                           | false | false
            {"requestState":"dev.vigil/login","inputResponses":{"dev.vigil/login":{"action":"accept"}},"x":1.50} | {"x":1.50}  | false | false
            {"inputResponses":{"dev.vigil/login":{"action":"decline"}},"name":"t"}                 | {"name":"t"}              | false | true
            {"inputResponses":{"dev.vigil/login":{"action":"cancel"}}}                             | {}                        | false | true
            {"inputResponses":{"dev.vigil/login":{}}}                                              | {}                        | false | true
            {"requestState":"theirs","inputResponses":{"q":{"action":"accept"}}}                   |                           | true  | false
            {"requestState":"theirs"}                                                              |                           | true  | false
            {"requestState":"dev.vigil/login","inputResponses":{"dev.vigil/login":{"action":"accept"},"q":{}}} | {"inputResponses":{"q":{}}} | true | false
            {"arguments":{"requestState":"dev.vigil/login"}}                                       |                           | false | false
            """)
    void whatAnswersUsIsTakenOutAndNothingElse(String params, String left, boolean others, boolean declined) {
        ObjectNode request = read("{\"id\":1,\"params\":" + params + "}");
        assertThat(HelpTalk.isAboutOthers(request)).isEqualTo(others);
        assertThat(HelpTalk.isDeclined(request)).isEqualTo(declined);
        assertThat(HelpTalk.stripped(request).map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
                .isEqualTo(java.util.Optional.ofNullable(left).map(rest -> "{\"id\":1,\"params\":" + rest + "}"));
    }

    private static ObjectNode read(String text) {
        return HelpTalk.read(text).orElseThrow();
    }

    private static RpcMessage call() {
        return SkipCatalogue.scan(CALL).messages().get(0);
    }

    private static OwnAnswer own() {
        return SkipCatalogue.named("refused refresh");
    }

    private static JsonNode body(Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        return JSON.readTree(reply.body());
    }

    private static void assertGolden(String name, JsonNode made) throws IOException {
        Path file = FOLDER.resolve(name);
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(file, made.toPrettyString() + "\n");
            fail("%s was written anew. Look at the difference, then run without -Dgolden=write.", file);
        }
        assertThat(file).hasContent(made.toPrettyString() + "\n");
    }

    private static void assertFits(String revision, String definition, JsonNode value) {
        assertThat(JsonSchemas.complaints("mcp-schemas/" + revision + ".json", definition, value))
                .as("%s of %s: %s", definition, revision, value)
                .isEmpty();
    }
}
