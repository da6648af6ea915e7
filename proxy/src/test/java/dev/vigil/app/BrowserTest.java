// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserTest {
    private static final String URL = "https://as/authorize?a=$(touch+x)&b=;|'\"";
    private static final URI SAFE = URI.create("https://as/authorize?a=$(touch+x)&b=;'");

    @TempDir
    Path folder;

    @Test
    void theUrlIsAlwaysOneArgument() {
        assertThat(commands("", "Linux")).containsExactly(List.of("xdg-open", URL));
        assertThat(commands("", "Mac OS X")).containsExactly(List.of("open", URL));
        assertThat(commands("firefox", "Linux")).containsExactly(List.of("firefox", URL));
        assertThat(commands("firefox --new-tab %s --x:lynx:", "Linux"))
                .containsExactly(List.of("firefox", "--new-tab", URL, "--x"), List.of("lynx", URL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "javascript:alert(1)", "ftp://x/", "vscode://x", "x"})
    void onlyWebPagesAreOpened(String url) throws IOException {
        Path ran = folder.resolve("ran");
        assertThat(new Browser(Map.of("BROWSER", script("touch '" + ran + "'")), "Linux").open(URI.create(url)))
                .isFalse();
        assertThat(ran).doesNotExist();
    }

    @Test
    void theNextOneIsTriedWhenOneFails() throws IOException {
        Path ran = folder.resolve("ran");
        String wanted = "/no/such/browser:" + script("exit 3") + ":" + script("echo \"$1\" > '" + ran + "'");
        assertThat(new Browser(Map.of("BROWSER", wanted), "Linux").open(SAFE)).isTrue();
        assertThat(ran).content().isEqualTo(SAFE + "\n");
        assertThat(new Browser(Map.of("BROWSER", script("exit 3")), "Linux").open(SAFE))
                .isFalse();
    }

    private static List<List<String>> commands(String wanted, String system) {
        return new Browser(Map.of("BROWSER", wanted), system).commands(URL);
    }

    private String script(String body) throws IOException {
        Path script = Files.createTempFile(folder, "browser", "");
        Files.writeString(script, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script.toString();
    }
}
