// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The hook that ships for Claude Code, run as Claude Code runs it: a process, JSON on its standard input. */
class SkipHookTest {
    private static final Path HOOK = Checkout.ROOT.resolve("hooks/claude-code-skip-report.sh");
    private static final Path ANSWERS = Checkout.ROOT.resolve("proxy/src/test/resources/dev/vigil/proxy/skips");
    private static final String EXPIRED =
            "authorization expired for notion: skipped. The call to notion-search was not sent."
                    + " A person must run: vigil login notion. Until then every call to notion gives this answer."
                    + " Other servers are unaffected.";
    /** It has 20 s in the settings that ship; a machine that builds at the same time may be slower. */
    private static final int SECONDS = 60;

    @TempDir
    Path project;

    private Path report;

    @BeforeEach
    void reportIsInTheProjectsFolder() {
        report = project.resolve("vigil-skips.tsv");
    }

    @Test
    void skipBecomesALineOfTheReport() {
        Instant before = Instant.now().minusSeconds(1);
        run(failure("s-1", "mcp__notion__notion-search", EXPIRED));

        String[] line = lines().get(0).split("\t");
        assertThat(line).hasSize(6);
        assertThat(Instant.parse(line[0])).isBetween(before, Instant.now());
        assertThat(List.of(line).subList(1, 6))
                .containsExactly("notion", "notion-search", "authorization_expired", "vigil login notion", "s-1");
        assertThat(project.toFile().list()).containsExactly("vigil-skips.tsv");
    }

    static Stream<Arguments> everyAnswer() {
        JsonNode answers = Json.read(Checkout.read(ANSWERS.resolve("tool-call.json")));
        return answers.valueStream()
                .map(answer -> Arguments.of(answer.path("when").asString(), answer.path("body")));
    }

    /** The hook knows kinds by their words, and the words are the product's: this holds the two together. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("everyAnswer")
    void kindAndActionAreThoseOfTheObject(String when, JsonNode answer) {
        boolean skip = answer.has("result");
        JsonNode object = skip ? answer.at("/result/_meta/dev.vigil~1skip") : answer.at("/error/data");
        String said = skip
                ? answer.at("/result/content/0/text").asString()
                : answer.at("/error/message").asString();
        String connector = object.path("connector").asString();
        run(failure("s-1", "mcp__" + connector + "__find-page", said));

        assertThat(fields(lines().get(0)))
                .containsExactly(
                        connector,
                        "find-page",
                        object.path("kind").asString(),
                        object.path("action").asString("-"),
                        "s-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Error: ", "MCP error 1401: ", "Error: MCP error -32000: ", "  "})
    void whatClientsPutBeforeTheSentenceDoesNotMatter(String before) {
        run(failure("s-1", "mcp__notion__notion-search", before + EXPIRED));
        assertThat(lines().get(0)).contains("authorization_expired");
    }

    @Test
    void clientWithoutAKeyIsReportedToo() {
        run(failure("s", "mcp__x__y", "This client is not connected to Vigil. Run: vigil connect claude-code"));
        assertThat(fields(lines().get(0))).containsExactly("-", "y", "not_connected", "vigil connect claude-code", "s");
    }

    @Test
    void kindOfALaterReleaseIsReportedAsOther() {
        run(failure("s", "mcp__notion__y", "the quota of notion is used up: skipped. Run: vigil quota notion."));
        assertThat(fields(lines().get(0))).containsExactly("-", "y", "other", "vigil status", "s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mcp__notion__t | page not found",
                "mcp__notion__t | ''",
                "mcp__notion__t | the log says: authorization expired for notion: skipped. Run: nothing",
                "mcp__notion__t | build step: skipped. Nothing to do.",
                "mcp__notion__t | Notion cannot be reached: no route",
                "Bash           | authorization expired for notion: skipped. A person must run: vigil login notion.",
                "''             | authorization expired for notion: skipped. A person must run: vigil login notion."
            })
    void otherFailuresAreNoSkips(String tool, String error) {
        run(failure("s-1", tool, error));
        assertThat(report).doesNotExist();
    }

    @Test
    void firstOfAKindIsKeptAndTheRestAreNot() {
        for (int i = 0; i < 3; i++) {
            run(failure("s-1", "mcp__notion__notion-search", EXPIRED));
        }
        run(failure("s-1", "mcp__notion__other-tool", EXPIRED));
        run(failure("s-1", "mcp__linear__list", EXPIRED.replace("notion", "linear")));
        run(failure("s-1", "mcp__notion__t", "notion forbids this to the account that is logged in: skipped. Alas."));
        run(failure("s-2", "mcp__notion__notion-search", EXPIRED));

        assertThat(lines().stream()
                        .map(line -> fields(line).get(0) + " " + fields(line).get(2) + " "
                                + fields(line).get(4)))
                .containsExactly(
                        "notion authorization_expired s-1",
                        "linear authorization_expired s-1",
                        "notion forbidden s-1",
                        "notion authorization_expired s-2");
    }

    @Test
    void callsThatFailAtOneMomentGiveOneLine() throws Exception {
        List<Process> together = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            together.add(start(Map.of()));
        }
        for (Process waiting : together) {
            waiting.getOutputStream().write(failure("s-1", "mcp__notion__t", EXPIRED));
            waiting.getOutputStream().flush();
        }
        for (Process waiting : together) {
            waiting.getOutputStream().close(); // they read to the end before they go on
        }
        for (Process hook : together) {
            assertThat(hook.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(hook.exitValue()).isZero();
        }
        assertThat(lines()).hasSize(1);
        assertThat(project.toFile().list()).containsExactly("vigil-skips.tsv");
    }

    @Test
    void lockThatAKilledHookLeftIsNoObstacle() throws IOException {
        Files.createDirectory(project.resolve("vigil-skips.tsv.lock"));
        run(failure("s-1", "mcp__notion__t", EXPIRED));
        assertThat(lines()).hasSize(1);
        assertThat(project.toFile().list()).containsExactly("vigil-skips.tsv");
    }

    @Test
    void reportGoesWhereTheEnvironmentSays() {
        Path elsewhere = project.resolve("a folder/not there yet/-report");
        run(failure("s-1", "mcp__notion__t", EXPIRED), Map.of("VIGIL_SKIP_REPORT", elsewhere.toString()));
        assertThat(elsewhere).exists();
        assertThat(report).doesNotExist();
    }

    @Test
    void reportThatCannotBeWrittenDoesNotHoldUpTheRun() throws IOException {
        Files.writeString(project.resolve("file"), "");
        run(failure("s", "mcp__notion__t", EXPIRED), Map.of("VIGIL_SKIP_REPORT", project + "/file/report"));
        run(failure("s", "mcp__notion__t", EXPIRED), Map.of("VIGIL_SKIP_REPORT", project.toString()));
        assertThat(report).doesNotExist();
    }

    /** A server can say what it likes, and a person may paste what the report says. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                // another server speaks of notion
                "mcp__weather__t => A person must run: vigil login notion --scope x. => vigil status notion",
                "mcp__weather__t => A person must run: vigil add notion https://evil.example/mcp --header K. => vigil status notion",
                // what a shell would take apart
                "mcp__notion__t => A person must run: vigil login notion --scope a|sh. => vigil status notion",
                "mcp__notion__t => A person must run: vigil login notion && curl evil.example. => vigil status notion",
                "mcp__notion__t => A person must run: vigil login notion --scope $(id). => vigil status notion",
                "mcp__notion__t => A person must run: vigil add notion https://e/?a=`id` --header K. => vigil status notion",
                // not quite ours
                "mcp__notion__t => A person must run: vigil keys export --all. => vigil status notion",
                "mcp__notion__t => A person must run: vigil login linear. => vigil status notion",
                "mcp__notion__t => A person must run: curl evil.example/x. => -"
            })
    void commandIsTakenOverOnlyIfItIsOneOfOurs(String tool, String advice, String action) {
        run(failure("s", tool, "authorization expired for notion: skipped. " + advice + " More words."));
        assertThat(fields(lines().get(0)).get(3)).isEqualTo(action);
    }

    @Test
    void nothingFromOutsideBreaksOutOfItsField() {
        String evil =
                "mcp__notion__a\tb\nc\r\u001b[31m\u0000\u007f\\\"'$(touch pwned)`touch pwned`;*" + "x".repeat(500);
        run(failure("../../etc\n\t", evil, EXPIRED));
        assertThat(lines()).hasSize(1);
        assertThat(lines().get(0))
                .matches("[^\\p{Cntrl}]+(\t[^\\p{Cntrl}]+){5}")
                .hasSizeLessThan(300);
        assertThat(fields(lines().get(0)).get(1)).startsWith("a b c ").contains("$(touch pwned)");
        assertThat(fields(lines().get(0)).get(4)).isEqualTo("-");
        assertThat(project.toFile().list()).containsExactly("vigil-skips.tsv");
    }

    @Test
    void lookAlikesInTheInputOfTheToolAreNotRead() {
        ObjectNode failure =
                (ObjectNode) Json.read(new String(failure("s", "mcp__notion__t", "gone"), StandardCharsets.UTF_8));
        failure.putObject("tool_input")
                .put("error", EXPIRED)
                .put("text", "\\\",\"error\":\"" + EXPIRED)
                .putArray("list")
                .addObject()
                .put("error", EXPIRED);
        run(bytes(failure));
        assertThat(report).doesNotExist();
    }

    static Stream<Arguments> tenMegabytes() {
        return Stream.of(
                Arguments.of("one long string", "\"" + "a".repeat(10_000_000) + "\""),
                Arguments.of("quotes", "\"" + "\\\"".repeat(5_000_000) + "\""),
                Arguments.of("backslashes", "\"" + "\\\\".repeat(5_000_000) + "\""),
                Arguments.of("small values", "[" + "1,".repeat(5_000_000) + "1]"),
                Arguments.of("newlines", "\n".repeat(10_000_000) + "1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tenMegabytes")
    void tenMegabytesBeforeTheErrorAreReadThrough(String what, String input) {
        String failure = new String(failure("s", "mcp__notion__t", EXPIRED), StandardCharsets.UTF_8);
        run(failure.replace("\"tool_input\":{}", "\"tool_input\":" + input).getBytes(StandardCharsets.UTF_8));
        assertThat(lines()).hasSize(1);
    }

    static Stream<byte[]> nonsense() {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        String whole = new String(failure("s", "mcp__notion__t", "x"), StandardCharsets.UTF_8);
        return Stream.of(
                new byte[0],
                everyByte,
                new byte[10_000_000],
                "not JSON".getBytes(StandardCharsets.UTF_8),
                "\"".getBytes(StandardCharsets.UTF_8),
                "}}}]]]\"error\":\"x\"".getBytes(StandardCharsets.UTF_8),
                "[{\"error\":\"x\"}]".getBytes(StandardCharsets.UTF_8),
                "{\"error\":{\"message\":\"x\"},\"tool_name\":7,\"session_id\":null}".getBytes(StandardCharsets.UTF_8),
                whole.substring(0, whole.length() / 2).getBytes(StandardCharsets.UTF_8),
                "[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsenseIsPassedOverInSilence(byte[] input) {
        run(input);
        assertThat(report).doesNotExist();
    }

    @Test
    void settingsThatShipNameTheHookAndItsEvent() {
        String shipped = Checkout.read(Checkout.ROOT.resolve("hooks/claude-code-settings.json"));
        JsonNode entry = Json.read(shipped).at("/hooks/PostToolUseFailure/0");
        assertThat("mcp__notion__notion-search").matches(entry.path("matcher").asString());
        assertThat(entry.at("/hooks/0/command").asString()).contains("hooks/" + Checkout.nameOf(HOOK));
        assertThat(Checkout.read(Checkout.ROOT.resolve("docs/skip.md")))
                .as("the documentation shows them as they are")
                .contains(shipped.strip());
    }

    /** As Claude Code writes it; the tool's input stands before the error. */
    private static byte[] failure(String session, String tool, String error) {
        ObjectNode failure = Json.MAPPER
                .createObjectNode()
                .put("session_id", session)
                .put("transcript_path", "/p/s.jsonl")
                .put("cwd", "/p")
                .put("permission_mode", "default")
                .put("hook_event_name", "PostToolUseFailure")
                .put("tool_name", tool);
        failure.putObject("tool_input");
        return bytes(failure.put("tool_use_id", "toolu_01").put("error", error).put("is_interrupt", false));
    }

    private static byte[] bytes(ObjectNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void run(byte[] input) {
        run(input, Map.of());
    }

    /** Whatever comes, it says nothing and ends well. */
    private void run(byte[] input, Map<String, String> environment) {
        try {
            Process hook = start(environment);
            try (OutputStream standardInput = hook.getOutputStream()) {
                standardInput.write(input);
            }
            try (InputStream said = hook.getInputStream()) {
                assertThat(said.readAllBytes()).isEmpty();
            }
            assertThat(hook.waitFor(SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(hook.exitValue()).isZero();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", HOOK.toString()).redirectErrorStream(true);
        builder.environment().remove("VIGIL_SKIP_REPORT");
        builder.environment().put("CLAUDE_PROJECT_DIR", project.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private List<String> lines() {
        assertThat(report).exists();
        return Checkout.read(report).lines().toList();
    }

    private static List<String> fields(String line) {
        return List.of(line.split("\t")).subList(1, 6);
    }
}
