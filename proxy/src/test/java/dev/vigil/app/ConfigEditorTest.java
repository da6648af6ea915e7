// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigEditorTest {
    @TempDir
    Path folder;

    private Path file;
    private ConfigEditor editor;

    @BeforeEach
    void setUp() {
        file = folder.resolve("vigil.yaml");
        editor = new ConfigEditor(file, folder.resolve("lock"), folder, Files::write);
    }

    @Test
    void theFirstConnectorMakesTheFile() throws IOException {
        Config config = editor.put(oauth("notion", "https://mcp.notion.com/mcp"));
        assertThat(config.connectors()).containsExactly(oauth("notion", "https://mcp.notion.com/mcp"));
        assertThat(Files.readString(file)).isEqualTo("""
                        # What Vigil keeps authorized. `vigil add` and `vigil remove` edit this file in place; so can you.
                        connectors:
                          notion: { url: https://mcp.notion.com/mcp }
                        """);
    }

    @Test
    void anotherConnectorFollowsTheOthers() throws IOException {
        Files.writeString(file, "connectors:\n  a: { url: http://a } # mine\n\nlisten: { port: 8080 }\n");
        editor.put(key("c7", "https://c7/mcp", "X-API-Key"));
        editor.put(scoped("r", "https://r/mcp", List.of("read", "write:all")));
        assertThat(Files.readString(file)).isEqualTo("""
                        connectors:
                          a: { url: http://a } # mine
                          c7: { url: https://c7/mcp, grant: header, header: X-API-Key }
                          r: { url: https://r/mcp, scopes: [read, write:all] }

                        listen: { port: 8080 }
                        """);
    }

    @Test
    void aConnectorThatIsThereChangesInPlaceAndKeepsWhatItHadBeside() throws IOException {
        Files.writeString(file, """
                connectors:
                  a:
                    # the old one
                    url: 'http://old'   # moved
                    refresh: { skew: 10m }
                    grant: header
                    header: X-Old
                  b: { url: http://b }
                """);
        Config config = editor.put(oauth("a", "http://new"));
        assertThat(config.entry("a").orElseThrow().connector().refresh().skew()).contains(Duration.ofMinutes(10));
        assertThat(Files.readString(file)).isEqualTo("""
                        connectors:
                          a:
                            # the old one
                            url: http://new   # moved
                            refresh: { skew: 10m }
                            grant: oauth
                          b: { url: http://b }
                        """);
    }

    @Test
    void puttingTheSameAgainWritesNothing() throws IOException {
        Files.writeString(file, "connectors: { a: { url: 'http://a' } }");
        ConfigEditor readOnly = new ConfigEditor(file, folder.resolve("lock"), folder, (path, content) -> {
            throw new AssertionError("written");
        });
        assertThat(readOnly.put(oauth("a", "http://a")).connectors()).containsExactly(oauth("a", "http://a"));
        assertThat(readOnly.remove("b").connectors()).hasSize(1);
    }

    @Test
    void removingLeavesTheOthers() throws IOException {
        Files.writeString(file, "connectors:\n  a: { url: http://a }\n  # about b\n  b: { url: http://b }\n");
        editor.remove("a");
        assertThat(Files.readString(file)).isEqualTo("connectors:\n  # about b\n  b: { url: http://b }\n");
        assertThat(editor.remove("b").connectors()).isEmpty();
    }

    @Test
    void aFileWithMistakesIsNotTouched() throws IOException {
        Files.writeString(file, "conectors: {}\n");
        assertThatThrownBy(() -> editor.put(oauth("a", "http://a")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Did you mean 'connectors'?");
        assertThat(Files.readString(file)).isEqualTo("conectors: {}\n");
    }

    @Test
    void whatCannotBeEditedSafelyIsNotTouched() throws IOException {
        String text = "connectors:\n  ? a\n  : { url: http://a }\n";
        Files.writeString(file, text);
        assertThatThrownBy(() -> editor.put(oauth("b", "http://b")))
                .hasMessage(file + ": connectors.b cannot be edited in place: 'a' does not begin its line."
                        + " Nothing was changed. Edit it by hand");
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    @Test
    void aLinkedFileIsReplacedWhereItReallyIs() throws IOException {
        Path real = Files.writeString(folder.resolve("dotfiles.yaml"), "connectors: {}\n");
        Files.createSymbolicLink(file, real);
        editor.put(oauth("a", "http://a"));
        assertThat(file).isSymbolicLink();
        assertThat(Files.readString(real)).isEqualTo("connectors:\n  a: { url: http://a }\n");
    }

    @Test
    void editorsTakeTurns() throws IOException {
        CompletableFuture<?>[] edits = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.runAsync(() -> editor.put(oauth("c" + i, "http://c" + i))))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(edits).join();
        assertThat(ConfigReader.read(file, folder).connectors()).hasSize(20);
    }

    private static Connector oauth(String name, String url) {
        return Connector.oauth(name, URI.create(url));
    }

    private static Connector key(String name, String url, String header) {
        return new Connector(
                name,
                URI.create(url),
                GrantKind.HEADER,
                Optional.of(header),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
    }

    private static Connector scoped(String name, String url, List<String> scopes) {
        return new Connector(
                name,
                URI.create(url),
                GrantKind.OAUTH,
                Optional.empty(),
                scopes,
                Optional.empty(),
                RefreshSettings.DEFAULT);
    }
}
