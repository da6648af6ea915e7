// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoClient;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.oauth.LoginReport;
import dev.vigil.oauth.LoginStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the demo plays in: a home in a temporary folder, an authorization server, an MCP server and the real daemon, all on
 * free ports. Nothing of it is left when it closes. Any thread may close it; the rest is for one thread.
 */
final class DemoWorld implements AutoCloseable {
    static final String CONNECTOR = "demo";
    private static final String CLIENT = "claude-code";

    private final Shell shell;
    private final Path folder;
    private final DemoAuthServer auth;
    private final DemoMcpServer mcp;
    private final Workplace workplace;
    private final LogFiles log;
    private final App app;
    private final FileTurn turn;

    private DemoWorld(Shell outer, DemoAuthServer.Settings tokens) throws IOException {
        folder = Files.createTempDirectory("vigil-demo-");
        Map<String, String> environment = new HashMap<>(outer.environment());
        environment.put("VIGIL_HOME", folder.toString());
        shell = new Shell(
                outer.input(),
                outer.in(),
                outer.out(),
                outer.err(),
                Map.copyOf(environment),
                outer.terminal(),
                outer.time());
        auth = DemoAuthServer.start(tokens);
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        Files.writeString(
                folder.resolve("vigil.yaml"),
                "listen: { port: 0 }\nconnectors:\n  " + CONNECTOR + ": { url: " + mcp.url() + " }\n",
                StandardCharsets.UTF_8);
        workplace = new Workplace(shell);
        turn = workplace.daemonFile().claim().orElseThrow();
        log = new LogFiles(workplace.home().log(), shell.out(), false);
        app = App.start(workplace.parts(workplace.config(), log.fileOnly()), () -> {});
        workplace.publish(app.port());
    }

    /** Starts everything. */
    static DemoWorld start(Shell outer, DemoAuthServer.Settings tokens) {
        try {
            return new DemoWorld(outer, tokens);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo could not be set up", e);
        }
    }

    /** Logs in as a person would, over real HTTP: the daemon's callback is where the redirects end. */
    LoginReport login() {
        Connector connector = workplace.connector(CONNECTOR);
        try (DaemonClient desk = workplace.daemon().orElseThrow()) {
            LoginStatus.Waiting waiting = desk.begin(connector, Optional.empty());
            new DemoBrowser().visit(waiting.authorizationUrl());
            LoginStatus ended = desk.status(waiting.id());
            if (ended instanceof LoginStatus.Done done) {
                return done.report();
            }
            throw LoginTalk.failure(ended);
        }
    }

    /** A key for a client of that name. */
    Secret connect(String client) {
        Secret key = workplace.vaults().localKeys().mint(client);
        workplace.tellDaemon();
        return key;
    }

    /** What the user types to connect a real client. */
    List<String> instructions() {
        return ConnectCommand.instructions(CLIENT, CONNECTOR, endpoint().toString(), Optional.of(connect(CLIENT)));
    }

    DemoClient client() {
        return new DemoClient(endpoint(), Optional.of(connect("demo-client")));
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + app.port() + "/mcp/" + CONNECTOR);
    }

    DemoAuthServer auth() {
        return auth;
    }

    Path folder() {
        return folder;
    }

    Path logFile() {
        return workplace.home().log();
    }

    @Override
    public void close() {
        try (turn;
                log;
                mcp;
                auth) {
            app.close();
            workplace.daemonFile().retract();
        } catch (IOException e) {
            shell.note("The demo's daemon file was not removed: " + e.getMessage());
        }
        remove();
    }

    private void remove() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            shell.note("Could not remove " + folder + ": " + e.getMessage());
        }
    }
}
