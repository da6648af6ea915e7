// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A daemon that holds its lock and its port, and says nothing. */
class SilentDaemonTest {
    /** Well above the 3 s after which the command gives up, well below the 60 s that a login may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static final String STARTED = "2026-11-20T14:02:03Z";

    @TempDir
    Path home;

    private Cli cli;
    private ServerSocket port;
    private FileTurn turn;

    @BeforeEach
    void daemonHangs() throws IOException {
        cli = new Cli(home).config("connectors:\n  notion: { url: https://mcp.example.com/mcp }\n");
        assertThat(cli.run("status").code()).isZero(); // which makes the folders
        port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        DaemonFile file = new DaemonFile(home.resolve("vigil.pid"), Files::write);
        turn = file.claim().orElseThrow();
        file.publish(new DaemonFile.Running(4711, port.getLocalPort(), Instant.parse(STARTED)));
    }

    @AfterEach
    void tearDown() throws IOException {
        turn.close();
        port.close();
    }

    @Test
    void statusSaysSoSoonAndTellsWhatTheFilesKnow() {
        assertThat(status())
                .isEqualTo(new Cli.Ended(5, warning() + "notion  not logged in. Run: vigil login notion\n", ""));
        assertThat(status("notion").out()).startsWith(warning() + "notion: not logged in. Run: vigil login notion\n");
        JsonNode json = new JsonMapper().readTree(status("--json").out());
        assertThat(json.path("daemon").path("pid").asLong()).isEqualTo(4711);
        assertThat(json.path("daemon").path("started").asString()).isEqualTo(STARTED);
        assertThat(json.path("daemon").path("problem").asString()).contains("(process 4711) holds the port but");
        assertThat(json.path("connectors").get(0).path("state").asString()).isEqualTo("logged_out");
    }

    @Test
    void answerThatStopsInItsMiddleIsNone() {
        CompletableFuture<Void> half = CompletableFuture.runAsync(() -> {
            try (Socket asked = port.accept()) {
                OutputStream out = asked.getOutputStream();
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 4711\r\n\r\n{\"v\":1,".getBytes(StandardCharsets.UTF_8));
                out.flush();
                asked.getInputStream().readAllBytes(); // until the command hangs up
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(status().out()).startsWith(warning());
        assertThat(half).succeedsWithin(PATIENCE);
    }

    private Cli.Ended status(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "status";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CompletableFuture<Cli.Ended> ended = CompletableFuture.supplyAsync(() -> cli.run(all));
        assertThat(ended).succeedsWithin(PATIENCE);
        Cli.Ended said = ended.join();
        assertThat(said.code()).isEqualTo(5);
        return said;
    }

    private String warning() {
        return "From the files, since the daemon at http://127.0.0.1:" + port.getLocalPort()
                + " (process 4711) holds the port but has not answered within 3 s. To end it: vigil stop\n";
    }
}
