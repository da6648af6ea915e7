// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.PersonLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLoginsTest {
    private static final Instant AT = Instant.parse("2026-11-21T08:00:00Z");

    @TempDir
    Path folder;

    @Test
    void countIsThereAfterARestart() {
        PersonLogin first = new PersonLogin("notion", AT, "first", false);
        PersonLogin other = new PersonLogin("linear", AT, "first", false);
        PersonLogin second = new PersonLogin("notion", AT.plusSeconds(60), "lost_answer", true);
        logins().accept(first);
        logins().accept(other);
        logins().accept(second);

        assertThat(logins().all()).containsExactly(first, other, second);
    }

    @Test
    void countThatCannotBeKeptCostsNoLogin() throws IOException {
        FileLogins logins = logins();
        Files.createDirectory(folder.resolve("home/events/logins.jsonl"));
        logins.accept(new PersonLogin("notion", AT, "first", false));

        assertThat(folder.resolve("home/events/logins.jsonl")).isEmptyDirectory();
    }

    @Test
    void lossIsNotedOnceForItsGenerationAndThereAfterARestart() {
        Grant lost = Grants.lasting(Duration.ofHours(1), AT);
        assertThat(vault().losses().isNoted(lost)).isFalse();
        vault().losses().note(lost);
        vault().losses().note(lost);

        assertThat(vault().losses().isNoted(lost)).isTrue();
        assertThat(vault().losses().isNoted(Grants.renewed(lost, AT))).isFalse();
        assertThat(vault().journal("lost-answers").lines()).hasSize(1);
    }

    private FileLogins logins() {
        return vault().logins();
    }

    private Vault vault() {
        return Vault.open(Home.below(folder.resolve("home")), Optional.empty());
    }
}
