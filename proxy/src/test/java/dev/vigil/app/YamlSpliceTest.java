// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlSpliceTest {
    private static final List<String> NEW = List.of("connectors", "new");
    private static final Map<String, Object> SETTINGS = settings();

    static Stream<Arguments> additions() {
        return Stream.of(
                addition("an empty file", "", "connectors:\n  new: { url: http://n/mcp, header: K }\n"),
                addition("comments only", "# hi\n", "# hi\nconnectors:\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "a comment without an end",
                        "# hi",
                        "# hi\nconnectors:\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "a document that begins",
                        "---\n",
                        "---\nconnectors:\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "no connectors key",
                        "listen: { port: 1 } # p\n\n# end\n",
                        "listen: { port: 1 } # p\nconnectors:\n  new: { url: http://n/mcp, header: K }\n\n# end\n"),
                addition(
                        "an empty section",
                        "connectors:\n  # a: { url: x }\nlisten: {}\n",
                        "connectors:\n  new: { url: http://n/mcp, header: K }\n  # a: { url: x }\nlisten: {}\n"),
                addition(
                        "an empty section without an end",
                        "connectors:",
                        "connectors:\n  new: { url: http://n/mcp, header: K }"),
                addition(
                        "empty braces",
                        "connectors: {} # none yet\nlisten: {}\n",
                        "connectors: # none yet\n  new: { url: http://n/mcp, header: K }\nlisten: {}\n"),
                addition(
                        "braces around a comment",
                        "connectors: { # none\n  }\n",
                        "connectors: { # none\n   new: { url: http://n/mcp, header: K } }\n"),
                addition("a tilde", "connectors: ~\n", "connectors:\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "one line each",
                        "connectors:\n    a: { url: http://a } # first\n\n    # about b\n    b: { url: http://b } # second\n\nlisten: {}\n",
                        "connectors:\n    a: { url: http://a } # first\n\n    # about b\n    b: { url: http://b } # second\n    new: { url: http://n/mcp, header: K }\n\nlisten: {}\n"),
                addition(
                        "blocks",
                        "connectors:\n  a:\n    url: http://a # u\n    # tail of a\n\nlisten: {}\n",
                        "connectors:\n  a:\n    url: http://a # u\n  new:\n    url: http://n/mcp\n    header: K\n    # tail of a\n\nlisten: {}\n"),
                addition(
                        "Windows line ends",
                        "connectors:\r\n  a: { url: http://a }\r\nlisten: {}\r\n",
                        "connectors:\r\n  a: { url: http://a }\r\n  new: { url: http://n/mcp, header: K }\r\nlisten: {}\r\n"),
                addition(
                        "no last line end",
                        "connectors:\n  a: { url: http://a }",
                        "connectors:\n  a: { url: http://a }\n  new: { url: http://n/mcp, header: K }"),
                addition(
                        "a byte order mark",
                        "\uFEFFconnectors:\n  a: { url: http://a }\n",
                        "\uFEFFconnectors:\n  a: { url: http://a }\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "characters beyond 16 bit",
                        "# \uD83D\uDE00\nconnectors:\n  a: { url: 'http://a' } # \uD83D\uDE00\n",
                        "# \uD83D\uDE00\nconnectors:\n  a: { url: 'http://a' } # \uD83D\uDE00\n  new: { url: http://n/mcp, header: K }\n"),
                addition(
                        "braces on one line",
                        "connectors: { a: { url: http://a } } # x\n",
                        "connectors: { a: { url: http://a }, new: { url: http://n/mcp, header: K } } # x\n"),
                addition(
                        "braces over lines",
                        "connectors: {\n  a: { url: http://a }, # a\n  b: { url: http://b } # b\n}\n",
                        "connectors: {\n  a: { url: http://a }, # a\n  b: { url: http://b }, # b\n  new: { url: http://n/mcp, header: K }\n}\n"),
                addition(
                        "braces over lines with a last comma",
                        "connectors: {\n  a: { url: http://a }, # a\n}\n",
                        "connectors: {\n  a: { url: http://a }, # a\n  new: { url: http://n/mcp, header: K }\n}\n"),
                addition(
                        "braces around all",
                        "{ listen: { port: 1 } }\n",
                        "{ listen: { port: 1 }, connectors: { new: { url: http://n/mcp, header: K } } }\n"),
                addition(
                        "JSON",
                        "{\n  \"connectors\": {}\n}\n",
                        "{\n  \"connectors\": { new: { url: http://n/mcp, header: K } }\n}\n"),
                addition(
                        "a folded value last",
                        "connectors:\n  a:\n    url: >-\n      http://a\n\n# end\n",
                        "connectors:\n  a:\n    url: >-\n      http://a\n  new:\n    url: http://n/mcp\n    header: K\n\n# end\n"),
                addition(
                        "a key without value last",
                        "connectors:\n  a: { url: http://a }\n  b: # later\n",
                        "connectors:\n  a: { url: http://a }\n  b: # later\n  new: { url: http://n/mcp, header: K }\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void aNewKeyLooksLikeItsNeighboursAndTouchesNothingElse(String form, String before, String after) {
        assertThat(YamlSplice.set(before, NEW, SETTINGS)).isEqualTo(after);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("additions")
    void whatWasAddedCanBeRemovedAgain(String form, String before, String after) {
        String removed = YamlSplice.remove(after, NEW);
        assertThat(YamlModel.of(removed))
                .isEqualTo(YamlModel.of(before).with(NEW, SETTINGS).without(NEW));
        assertThat(comments(removed)).isEqualTo(comments(before));
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("plain", "a: { url: http://a, x: 1 } # c\n", "a: { url: http://n/mcp?x=1&y=2, x: 1 } # c\n"),
                change("quoted", "a: { url: 'http://a' }\n", "a: { url: http://n/mcp?x=1&y=2 }\n"),
                change(
                        "block",
                        "a:\n  # why\n  url:   \"http://a\"   # here\n  x: 1\n",
                        "a:\n  # why\n  url:   http://n/mcp?x=1&y=2   # here\n  x: 1\n"),
                change("nothing", "a:\n  url: # here\n  x: 1\n", "a:\n  url: http://n/mcp?x=1&y=2 # here\n  x: 1\n"),
                change(
                        "folded",
                        "a:\n  url: >-\n    http://a\n\n  x: 1\n",
                        "a:\n  url: http://n/mcp?x=1&y=2\n\n  x: 1\n"),
                change(
                        "a list",
                        "a:\n  url:\n    - b\n    - c\n  # d\n  x: 1\n",
                        "a:\n  url: http://n/mcp?x=1&y=2\n  # d\n  x: 1\n"),
                change("absent", "a:\n  x: 1 # c\n", "a:\n  x: 1 # c\n  url: http://n/mcp?x=1&y=2\n"),
                change("absent in braces", "a: { x: 1 } # c\n", "a: { x: 1, url: http://n/mcp?x=1&y=2 } # c\n"),
                change(
                        "the same already",
                        "a: { url: 'http://n/mcp?x=1&y=2' }\n",
                        "a: { url: 'http://n/mcp?x=1&y=2' }\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangedValueLeavesTheRestOfItsLine(String form, String before, String after) {
        assertThat(YamlSplice.set(before, List.of("a", "url"), "http://n/mcp?x=1&y=2"))
                .isEqualTo(after);
    }

    static Stream<Arguments> removals() {
        return Stream.of(
                change("a line", "x: 1\na: { b: 2 } # gone\n# stays\ny: 3\n", "x: 1\n# stays\ny: 3\n"),
                change("a block", "# x\na:\n  b: 2\n\n  c: 3\n  # tail\ny: 3\n", "# x\n  # tail\ny: 3\n"),
                change("the last line", "x: 1\na: 2", "x: 1\n"),
                change("Windows line ends", "x: 1\r\na: 2\r\ny: 3\r\n", "x: 1\r\ny: 3\r\n"),
                change("first in braces", "{ a: 1, x: 2 }", "{ x: 2 }"),
                change("last in braces", "{ x: 2, a: 1 }", "{ x: 2 }"),
                change("alone in braces", "{ a: 1 }", "{  }"),
                change(
                        "own line in braces",
                        "{\n  x: 2, # x\n  a: 1 # gone\n  # stays\n}",
                        "{\n  x: 2, # x\n  # stays\n}"),
                change("not there", "x: 1 # a: 2\n", "x: 1 # a: 2\n"),
                change("nothing there", "", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("removals")
    void aRemovedKeyTakesItsOwnLinesOnly(String form, String before, String after) {
        assertThat(YamlSplice.remove(before, List.of("a"))).isEqualTo(after);
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("x: &x { url: http://x }\nconnectors: *x\n", NEW),
                Arguments.of("connectors:\n  ? a\n  : { url: http://a }\n", NEW),
                Arguments.of("connectors: [a]\n", NEW),
                Arguments.of("connectors: text\n", NEW),
                Arguments.of("connectors:\n  a: |+\n    text\n\n\nlisten: {}\n", NEW));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void whatCannotBeEditedSafelyIsRefused(String text, List<String> path) {
        assertThatThrownBy(() -> YamlSplice.set(text, path, SETTINGS)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("words")
    void anyWordReadsBackAsItself(String word) {
        String text = YamlSplice.set("connectors: { a: {} }\n", List.of("connectors", "a", "url"), word);
        assertThat(YamlModel.of(text)).isEqualTo(YamlModel.of("").with(List.of("connectors", "a", "url"), word));
    }

    static Stream<String> words() {
        return Stream.of(
                "plain",
                "http://a/b?c=d&e=f#g",
                "a: b",
                "a #b",
                "#a",
                "true",
                "on",
                "null",
                "~",
                "12",
                "0x1F",
                "1e3",
                "",
                " lead",
                "trail ",
                "a,b",
                "[x]",
                "{x}",
                "*x",
                "&x",
                "!x",
                "'x'",
                "\"x\"",
                "a\nb",
                "a\tb",
                "\\",
                "@x",
                "`x",
                "-",
                "- a",
                "?",
                "? a",
                ":",
                "a:",
                "%x",
                "|",
                ">",
                "\u0007",
                "\u00e4\uD83D\uDE00",
                "<<",
                "---",
                "...");
    }

    /** Every sample of this class, joined with every other, takes an addition, a change and a removal. */
    @Test
    void textOutsideTheEditIsTheSameByteForByte() {
        List<String> parts = new ArrayList<>(List.of("", "# head\n\n", "---\n# head\n", "%YAML 1.2\n---\n"));
        List<String> tails =
                List.of("", "\n# tail\n", "listen: { port: 1 }   # odd   blanks\n", "tls:\n    ca: \"x\" \n\n\n");
        List<String> bodies = List.of(
                "connectors:\n  a: { url: http://a } # a\n  b: { url: 'http://b' }\n",
                "connectors:\n  a:\n    url: http://a\n\n    # inner\n    scopes:\n      - r\n      - w\n  b:\n    url: http://b\n",
                "connectors: { a: { url: http://a }, b: { url: http://b } }\n",
                "connectors: {\n  a: { url: http://a }, # a\n  # between\n  b: { url: http://b },\n}\n",
                "\"connectors\":\n   'a': { \"url\": \"http://a\" }\n   b: {url: http://b}\n");
        for (String head : parts) {
            for (String body : bodies) {
                for (String tail : tails) {
                    for (String newline : List.of("\n", "\r\n")) {
                        String text = (head + body + tail).replace("\n", newline);
                        onlyAdds(text, YamlSplice.set(text, NEW, SETTINGS));
                        onlyAdds(YamlSplice.remove(text, List.of("connectors", "b")), text);
                        String changed = YamlSplice.set(text, List.of("connectors", "a", "url"), "http://changed");
                        assertThat(changed.replace("http://changed", ""))
                                .isEqualTo(text.replaceFirst("[\"']?http://a[\"']?", ""));
                    }
                }
            }
        }
    }

    /** The longer text is the shorter one with something put in at one place, or two places of one edit. */
    private static void onlyAdds(String shorter, String longer) {
        assertThat(longer.length()).isGreaterThan(shorter.length());
        int same = 0;
        for (int i = 0; i < longer.length() && same < shorter.length(); i++) {
            same += longer.charAt(i) == shorter.charAt(same) ? 1 : 0;
        }
        assertThat(same).as("%s%nwithin%n%s", shorter, longer).isEqualTo(shorter.length());
        assertThat(comments(longer)).isEqualTo(comments(shorter));
    }

    private static List<String> comments(String text) {
        return text.lines()
                .filter(line -> line.contains("#"))
                .map(line -> line.substring(line.indexOf('#')))
                .toList();
    }

    private static Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("url", "http://n/mcp");
        settings.put("header", "K");
        return settings;
    }

    private static Arguments addition(String form, String before, String after) {
        return Arguments.of(form, before, after);
    }

    private static Arguments change(String form, String before, String after) {
        return Arguments.of(form, before, after);
    }
}
