// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Grant;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class StandInTest {
    private static final String SENTENCE = "authorization expired for notion: skipped. Run: vigil login notion.";
    private static final Grant ANN = Owners.loginOf("ann", 1, Owners.LOGIN);
    private static final Authorization DEAD = Owners.dead(ANN);

    @TempDir
    Path folder;

    private SnapshotBook book;
    private StandIn standIn;

    @BeforeEach
    void open() {
        Home home = Home.below(folder.resolve("home"));
        book = new SnapshotBook(Vault.open(home, Optional.empty()).snapshots());
        standIn = new StandIn(book);
    }

    @Test
    void snapshotOfTheAccountComesFirst() {
        book.put(SnapshotBookTest.snapshot(Owners.of(ANN), "2025-11-25", "search"));

        assertThat(dead("tools/list", "2025-11-25").path("result").path("tools"))
                .hasToString("[{\"name\":\"search\"}]");
    }

    @Test
    void snapshotOfAnotherAccountIsNone() {
        book.put(SnapshotBookTest.snapshot(Owners.of(Owners.loginOf("bob", 1, Owners.LOGIN)), "2025-11-25", "private"));

        assertThat(dead("tools/list", "2025-11-25").toString())
                .contains("authorization_expired")
                .doesNotContain("private");
        assertThat(standIn.remembered(Owners.NOTION, DEAD, ask("tools/list", "2025-11-25")))
                .isEmpty();
    }

    @Test
    void loggedOutIsNobodysAccount() {
        book.put(SnapshotBookTest.snapshot(Owners.of(ANN), "2025-11-25", "search"));
        Authorization out = new Authorization.LoggedOut(Optional.empty());

        assertThat(standIn.dead(Owners.NOTION, out, ask("tools/list", "2025-11-25"), SENTENCE)
                        .orElseThrow()
                        .json())
                .contains("authorization_expired")
                .doesNotContain("search");
    }

    @Test
    void modernClientIsSentToTheEraThatIsKnown() {
        book.put(SnapshotBookTest.snapshot(Owners.of(ANN), "2025-11-25", "search"));
        Served served = standIn.dead(Owners.NOTION, DEAD, ask("server/discover", "2026-07-28"), SENTENCE)
                .orElseThrow();

        assertThat(served.status()).isEqualTo(400);
        assertThat(Json.kept(served.json()).at("/error/code").asInt()).isEqualTo(-32000);
    }

    @Test
    void serverThatWelcomedNobodyIsNotRepeated() {
        book.put(Snapshot.refused(
                Owners.of(ANN), Era.MODERN, Owners.LOGIN, new Greeting.Refused(404, Optional.empty())));

        assertThat(dead("server/discover", "2026-07-28")
                        .at("/result/supportedVersions/0")
                        .asString())
                .isEqualTo("2026-07-28");
    }

    @ParameterizedTest
    @CsvSource({"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"})
    void placeholderSpeaksEveryLegacyRevision(String revision) {
        ObjectNode result = (ObjectNode) dead("initialize", revision).get("result");

        assertThat(result.path("protocolVersion").asString()).isEqualTo(revision);
        assertThat(result.path("capabilities")).hasToString("{\"tools\":{\"listChanged\":true}}");
        assertThat(result.path("serverInfo").path("name").asString()).isEqualTo("notion");
        assertThat(result.path("instructions").asString()).startsWith("If a tool of this server answers");
    }

    @Test
    void placeholderHasOneToolThatSaysItAll() {
        ObjectNode result = (ObjectNode) dead("tools/list", "2026-07-28").get("result");

        assertThat(result.path("tools"))
                .hasToString(("[{'name':'authorization_expired','description':'" + SENTENCE
                                + "','inputSchema':{'type':'object','properties':{}},'_meta':{'anthropic/alwaysLoad':true}}]")
                        .replace('\'', '"'));
        assertThat(result.path("ttlMs").asInt(-1)).isZero();
        assertThat(result.path("resultType").asString()).isEqualTo("complete");
        assertThat(result.path("_meta"))
                .hasToString("{\"dev.vigil/snapshot\":{\"connector\":\"notion\",\"placeholder\":true}}");
    }

    @Test
    void placeholderIsAnsweredWithoutErrorOnceTheServerIsBack() {
        ObjectNode answer = Json.kept(Placeholder.recovered(Owners.NOTION, ask("tools/call", "2026-07-28"))
                .json());

        assertThat(answer.at("/result/content/0/text").asString())
                .isEqualTo("notion can be used again. A new session of this client lists the tools.");
        assertThat(answer.at("/result/resultType").asString()).isEqualTo("complete");
        assertThat(answer.at("/result").has("isError")).isFalse();
    }

    private ObjectNode dead(String method, String revision) {
        return Json.kept(standIn.dead(Owners.NOTION, DEAD, ask(method, revision), SENTENCE)
                .orElseThrow()
                .json());
    }

    private static Ask ask(String method, String revision) {
        return new Ask("7", method, Optional.of(revision), Optional.empty());
    }
}
