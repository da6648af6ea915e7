// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretReaderTest {
    private final SecretReader reader = new SecretReader(Map.of("TOKEN", "s3cret"));

    @TempDir
    Path folder;

    @Test
    void findsASecretInTheEnvironmentAFileAndACommand() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "s3cret\r\n");
        assertThat(reader.read(new SecretRef.FromEnvironment("TOKEN"), "k")).isEqualTo(new Secret("s3cret"));
        assertThat(reader.read(new SecretRef.FromFile(file), "k")).isEqualTo(new Secret("s3cret"));
        assertThat(reader.read(command("echo s3cret; echo more"), "k")).isEqualTo(new Secret("s3cret"));
    }

    @Test
    void saysWhatIsMissingAndWhere() {
        assertThatThrownBy(() -> reader.read(new SecretRef.FromEnvironment("OTHER"), "connectors.a.client.secret"))
                .hasMessage("connectors.a.client.secret: no secret: the variable OTHER is empty or not set");
        assertThatThrownBy(() -> reader.read(new SecretRef.FromFile(folder.resolve("none")), "k"))
                .hasMessage(
                        "k: no secret: the file " + folder.resolve("none") + " cannot be read (NoSuchFileException)");
        assertThatThrownBy(() -> reader.read(new SecretRef.FromCommand(List.of("/no/such/command")), "k"))
                .hasMessage(
                        "k: no secret: the command /no/such/command cannot be run. Name an executable with its full path");
    }

    @Test
    void aCommandThatFailsGivesNoSecretAndShowsNone() {
        assertThatThrownBy(() -> reader.read(command("echo s3cret; exit 3"), "k"))
                .hasMessage("k: no secret: the command /bin/sh ended with code 3");
        assertThatThrownBy(() -> reader.read(command("true"), "k"))
                .hasMessage("k: no secret: the output of /bin/sh is empty or not set");
    }

    @Test
    void aCommandThatNeverEndsIsEnded() {
        SecretReader impatient = new SecretReader(Map.of(), Duration.ofMillis(100));
        assertThatThrownBy(() -> impatient.read(command("sleep 600; echo late"), "k"))
                .hasMessageContaining("the command /bin/sh did not end within");
    }

    private static SecretRef command(String script) {
        return new SecretRef.FromCommand(List.of("/bin/sh", "-c", script));
    }
}
