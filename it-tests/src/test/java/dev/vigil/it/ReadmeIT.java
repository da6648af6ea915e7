// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells a newcomer to type, typed in that order, through the launcher, with a browser of our own. */
class ReadmeIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    @Test
    void commandsOfTheReadmeDoWhatTheySay(@TempDir Path home) throws Exception {
        try (DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
                DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth))) {
            Files.writeString(home.resolve("vigil.yaml"), "# mine\nlisten: { port: 0 }\n");
            Path visited = home.resolve("visited");
            Path bucket = Files.createDirectory(home.resolve("team-vigil"), OWNER_ONLY);
            CompletableFuture<Void> person = CompletableFuture.runAsync(() -> visit(visited));
            for (String command : commands()) {
                List<String> said = typed(
                        home,
                        browser(home, visited),
                        command.replace("https://mcp.notion.com/mcp", mcp.url())
                                .replace("s3://team-vigil/prod", bucket.toUri().toString()));
                assertThat(String.join("\n", said)).containsPattern(EXPECTED.get(command));
            }
            person.get();
            assertThat(Checkout.read(home.resolve("vigil.yaml"))).startsWith("# mine\nlisten: { port: 0 }\n");
            assertThat(readableByOthers(home)).isEmpty();
        }
    }

    /** Whatever stands in the folders that Vigil made, open to anybody but their owner. */
    private static List<Path> readableByOthers(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            return all.filter(file -> home.relativize(file).getNameCount() > 1)
                    .filter(ReadmeIT::isOpen)
                    .toList();
        }
    }

    private static boolean isOpen(Path file) {
        try {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            return !mode.endsWith("------");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What each of them must say. */
    private static final Map<String, String> EXPECTED = Map.of(
            "./vigil add notion https://mcp.notion.com/mcp", "vigil login notion",
            "./vigil run --background", "listening on http://127\\.0\\.0\\.1:\\d+",
            "./vigil login notion", "notion: logged in",
            "./vigil connect claude-code", "claude mcp add --transport http notion http://\\S+/mcp/notion --header",
            "./vigil status", "notion",
            "./vigil sync init s3://team-vigil/prod", "The bucket is fit",
            "./vigil sync status", "this machine is",
            "./vigil keys rotate", "(?i)primary|new key",
            "./vigil stop", "Stopped");

    private static List<String> commands() {
        return Pattern.compile("^\\./vigil .*", Pattern.MULTILINE)
                .matcher(Checkout.read(Checkout.ROOT.resolve("README.md")))
                .results()
                .map(line -> line.group().replaceFirst("\\s+#.*", "").strip())
                .filter(line -> !line.startsWith("./vigil demo"))
                .toList();
    }

    private static List<String> typed(Path home, Path browser, String command) {
        ProcessBuilder builder = new ProcessBuilder(command.split(" ", -1)).directory(Checkout.ROOT.toFile());
        builder.environment().put("VIGIL_HOME", home.toString());
        builder.environment().put("BROWSER", browser.toString());
        try (Child child = Child.start("readme", builder)) {
            assertThat(child.awaitExit(LIMIT))
                    .as(command + ": " + child.story())
                    .isZero();
            return child.output();
        }
    }

    /** A browser that only writes down where it was sent. */
    private static Path browser(Path home, Path visited) throws IOException {
        Path script = home.resolve("browser");
        Files.writeString(
                script,
                "#!/bin/sh\nprintf %s \"$1\" > '" + visited + ".new' && mv '" + visited + ".new' '" + visited + "'\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    private static void visit(Path visited) {
        Await.until(LIMIT.multipliedBy(3), () -> Files.exists(visited), () -> "no browser was opened");
        new DemoBrowser().visit(URI.create(Checkout.read(visited)));
    }
}
