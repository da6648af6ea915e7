// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.snapshot.ListKind;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.Snapshot;
import dev.vigil.snapshot.SnapshotBook;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged daemon keeps of the published everything server, which speaks the older era only. */
class SnapshotIT {

    @Test
    void everythingServerIsTakenAfterTheLoginAndForgottenWithIt(@TempDir Path home) throws IOException {
        try (NodeParts parts = NodeParts.start(Duration.ofHours(1));
                LoggedIn vigil = LoggedIn.to(parts, home)) {
            Vault vault = Vault.open(Home.below(home), Optional.empty());
            Grant grant = vault.grants().load(LoggedIn.CONNECTOR).orElseThrow();
            SnapshotBook book = new SnapshotBook(vault.snapshots());
            assertThat(book.load()).isEmpty();
            Connector connector = Connector.oauth(LoggedIn.CONNECTOR, URI.create(parts.gate.resource()));
            List<Snapshot> taken = book.of(Owner.of(connector, Optional.of(grant)));

            assertThat(taken).extracting(Snapshot::revision).containsExactly("2025-11-25", "2026-07-28");
            assertThat(taken).extracting(Snapshot::isRefusal).containsExactly(false, true);
            assertThat(taken.get(0).lists()).containsOnlyKeys(ListKind.values());
            assertThat(taken.get(0).list(ListKind.TOOLS).orElseThrow().items())
                    .contains("\"name\":\"echo\"", "\"name\":\"trigger-long-running-operation\"");
            assertThat(taken.get(0).spoken()).contains("2025-06-18", "2025-03-26");
            assertSealed(home, grant, vigil.key(), taken);

            vigil.product().runWell("logout", LoggedIn.CONNECTOR);
            assertThat(files(home)).isEmpty();
        }
    }

    /** Neither the tools nor any secret can be read on disk, and no secret is among what is sealed. */
    private static void assertSealed(Path home, Grant grant, String localKey, List<Snapshot> taken) throws IOException {
        String token = grant.tokens().accessToken().reveal();
        assertThat(files(home)).hasSize(2).allSatisfy(file -> {
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            assertThat(Files.readString(file, ISO_8859_1))
                    .startsWith("VIGIL SEALED 1 ")
                    .doesNotContain("echo", token, localKey);
        });
        assertThat(taken.toString()).contains("echo").doesNotContain(token, localKey);
    }

    private static List<Path> files(Path home) throws IOException {
        try (Stream<Path> all = Files.list(home.resolve("snapshots"))) {
            return all.toList();
        }
    }
}
