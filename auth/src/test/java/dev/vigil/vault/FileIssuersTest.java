// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIssuersTest {
    private static final String STRICT = "https://auth.example.com";

    @TempDir
    Path folder;

    private Home home;
    private FileIssuers issuers;

    @BeforeEach
    void open() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        issuers = new FileIssuers(home.issuers(), SafeFiles.onDisk(), TimeSource.system());
    }

    @Test
    void strictnessOfOneServerIsRememberedAndOfNoOther() throws IOException {
        assertThat(issuers.isStrict(STRICT)).isFalse();
        issuers.learnStrict(STRICT);
        assertThat(new FileIssuers(home.issuers(), SafeFiles.onDisk(), TimeSource.system()).isStrict(STRICT))
                .as("after a restart")
                .isTrue();
        assertThat(issuers.isStrict("https://auth.example.com/other")).isFalse();
        assertThat(Modes.of(home.issuers().resolve(FileIssuers.name(STRICT)))).isEqualTo("rw-------");
    }

    @Test
    void whatCannotBeReadMakesCareful() throws IOException {
        Files.writeString(home.issuers().resolve(FileIssuers.name(STRICT)), "{");
        assertThat(issuers.isStrict(STRICT)).isTrue();
    }
}
