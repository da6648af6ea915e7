// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.vault.FileSessions;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Which proxy a bridge goes to, and what it says of it. No network: nobody is logged in, so every call is skipped. */
class StdioCommandTest {
    private static final String CALL =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"search\"}}\n";

    @TempDir
    Path home;

    @Test
    void withoutADaemonItServesByItselfAndNamesWhoHasTheDaemonsPort() throws IOException {
        try (ServerSocket stranger = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            int port = stranger.getLocalPort();

            Cli.Ended ended = cli(port).runTyping(CALL, "stdio", "notion");

            assertSkipped(ended);
            assertThat(ended.err())
                    .startsWith("vigil: no daemon of ")
                    .contains("listens on port " + port + "; if that is a daemon of another home, set VIGIL_HOME")
                    .contains("To start one: vigil run --background");
        }
    }

    @Test
    void daemonThatHangsIsToldOfAndDoneWithout() throws IOException {
        Cli cli = cli(7470);
        assertThat(cli.run("status").code()).isZero(); // which makes the folders
        DaemonFile file = new DaemonFile(home.resolve("vigil.pid"), Files::write);
        try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                FileTurn turn = file.claim().orElseThrow()) {
            file.publish(new DaemonFile.Running(4711, port.getLocalPort(), Instant.EPOCH));

            Cli.Ended ended = cli.runTyping(CALL, "stdio", "notion");

            assertSkipped(ended);
            assertThat(ended.err())
                    .contains("(process 4711) holds the port but has not answered within 3 s. To end it: vigil stop")
                    .contains("this bridge serves by itself");
        }
    }

    @Test
    void daemonServesItsBridgeWithoutALocalKey() {
        try (Cli cli = cli(0)) {
            cli.daemon();

            Cli.Ended ended = cli.runTyping(CALL, "stdio", "notion");

            assertSkipped(ended);
            assertThat(ended.err()).isEmpty();
            assertThat(home.resolve("local-keys")).doesNotExist();
        }
    }

    /** They are the daemon's, which may start at any time; the bridge's own client never comes back. */
    @Test
    void bridgeThatServesByItselfHasNoEyeForSessionsOnDisk() {
        FileSessions sessions = Vault.open(Home.from(Map.of("VIGIL_HOME", home.toString()), home), Optional.empty())
                .sessions();
        ObjectNode unreadable =
                JsonMapper.shared().createObjectNode().put("version", 1).put("sessions", "none");
        sessions.save("notion", unreadable);

        Cli.Ended ended = cli(0).runTyping(CALL, "stdio", "notion");

        assertSkipped(ended);
        assertThat(ended.err()).doesNotContain("sessions of clients cannot be read");
        assertThat(sessions.load("notion")).isPresent();
    }

    @Test
    void unknownConnectorIsAMistakeOfUsage() {
        Cli.Ended ended = cli(0).runTyping(CALL, "stdio", "notoin");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("there is no connector 'notoin'").contains("notion");
    }

    private static void assertSkipped(Cli.Ended ended) {
        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines()).singleElement().asString().contains("\"kind\":\"not_logged_in\"");
    }

    private Cli cli(int port) {
        return new Cli(home)
                .config("connectors:\n  notion: { url: https://mcp.example.com/mcp }\nlisten: { port: " + port
                        + " }\n");
    }
}
