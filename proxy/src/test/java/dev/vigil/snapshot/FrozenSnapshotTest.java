// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots as version 0.1.0 wrote them, in the test resources: the files are never made anew. */
class FrozenSnapshotTest {
    private static final Owner ANN =
            new Owner("notion", URI.create("https://mcp.example.com/mcp"), "0123456789abcdef0123456789abcdef");
    private static final Instant TAKEN = Instant.parse("2026-11-21T07:59:58.123456789Z");

    static final Snapshot LEGACY = new Snapshot(
            ANN,
            "2025-11-25",
            Set.of("2025-11-25", "2025-06-18"),
            TAKEN,
            new Greeting.Welcome("{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
                    + "\"serverInfo\":{\"name\":\"n\u00e9\",\"version\":\"1\"}}"),
            Map.of(
                    ListKind.TOOLS, new Listing("[{\"name\":\"search\",\"x\":1.50}]", Optional.of("private")),
                    ListKind.TEMPLATES, new Listing("[]", Optional.empty())));

    static final Snapshot REFUSED = Snapshot.refused(
            ANN, Era.MODERN, TAKEN, new Greeting.Refused(404, Optional.of("{\"code\":-32601,\"message\":\"no\"}")));

    @TempDir
    Path folder;

    @Test
    void whatWasTakenThenIsReadForEver() throws IOException, URISyntaxException {
        SnapshotBook book = new SnapshotBook(
                Vault.open(Home.below(unfrozen()), Optional.empty()).snapshots());

        assertThat(book.load()).isEmpty();
        assertThat(book.of(ANN)).containsExactly(LEGACY, REFUSED);
    }

    private Path unfrozen() throws IOException, URISyntaxException {
        Path frozen =
                Path.of(Objects.requireNonNull(getClass().getResource("frozen")).toURI());
        Path home = folder.resolve("home");
        try (Stream<Path> all = Files.walk(frozen)) {
            for (Path source : all.toList()) {
                Path target = home.resolve(frozen.relativize(source).toString());
                Files.copy(source, target);
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(Files.isDirectory(source) ? "rwx------" : "rw-------"));
            }
        }
        return home;
    }
}
