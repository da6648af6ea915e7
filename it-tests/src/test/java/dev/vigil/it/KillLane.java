// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.demo.FaultScript;
import dev.vigil.demo.McpFault;
import dev.vigil.demo.TokenFault;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * One home in which a daemon dies again and again, with servers of its own: an authorization server that rotates refresh
 * tokens and ends the grant when it sees one twice, and an MCP server. Touched by one thread.
 */
final class KillLane implements AutoCloseable {
    static final String CONNECTOR = "real";

    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Older tokens are renewed before a kill, so that enough of their life is left for what comes after it. */
    private static final int FRESH_FRACTION = 5;

    final Product product;
    final DemoAuthServer auth;
    final FaultScript<TokenFault> tokenFaults;

    private final FaultScript<McpFault> mcpFaults;
    private final DemoMcpServer mcp;
    private final Duration accessLifetime;
    private Product.Daemon daemon;
    /** It belongs to the MCP server, and so outlives each daemon. */
    private String session = "";
    /** The access token that the daemon holds was issued later. */
    private Instant issuedAfter = Instant.EPOCH;

    private KillLane(Path home, Duration accessLifetime) {
        this.accessLifetime = accessLifetime;
        DemoAuthServer.Settings strict = DemoAuthServer.Settings.standard().withAccessLifetime(accessLifetime);
        auth = DemoAuthServer.start(strict);
        tokenFaults = strict.faults();
        DemoMcpServer.Settings guarded = DemoMcpServer.Settings.protectedBy(auth);
        mcp = DemoMcpServer.start(guarded);
        mcpFaults = guarded.faults();
        product = new Product(home)
                .launchedBy(Strace.launcher())
                .with("-XX:TieredStopAtLevel=1") // none of them lives long
                .config("connectors:\n  " + CONNECTOR + ": { url: " + mcp.url() + " }\nlisten: { port: "
                        + FreePort.find() + ", localKey: off }\n");
        daemon = product.daemon();
    }

    /** Starts everything and logs in. */
    static KillLane open(Path home, Duration accessLifetime) {
        KillLane lane = new KillLane(home, accessLifetime);
        try {
            lane.login();
            lane.product.awaitSnapshot(CONNECTOR);
            HttpResponse<String> begun = Mcp.initialize(lane.endpoint(), "any");
            lane.session =
                    begun.headers().firstValue("Mcp-Session-Id").orElseThrow(() -> new AssertionError(begun.body()));
            return lane;
        } catch (RuntimeException | AssertionError e) {
            lane.close();
            throw e;
        }
    }

    /** A person logs in, by way of the running daemon. */
    void login() {
        issuedAfter = Instant.now();
        Logins.overApi(product, daemon, CONNECTOR);
    }

    Killed.Call call() {
        HttpResponse<String> answer = Web.send(whoAmI());
        Instant at = Instant.now();
        JsonNode who = Json.read(answer.body()).path("result").path("structuredContent");
        return who.has("generation")
                ? new Killed.Call(
                        at, who.path("grant").asInt(), who.path("generation").asInt(), "")
                : new Killed.Call(at, 0, 0, answer.body());
    }

    private HttpRequest.Builder whoAmI() {
        return Mcp.calling(endpoint(), "any", "whoami").header("Mcp-Session-Id", session);
    }

    private String endpoint() {
        return daemon.endpoint(CONNECTOR);
    }

    /** The upstream refuses one call, and so the daemon refreshes. Does not wait for what comes of it. */
    void provokeRefresh() {
        mcpFaults.next(1, new McpFault.RefuseToken(), "POST");
        Web.sendLater(whoAmI()).exceptionally(killed -> null);
    }

    /** Makes sure that the access token is young, and says what it is. */
    Killed.Call freshened() {
        boolean old = issuedAfter.plus(accessLifetime.dividedBy(FRESH_FRACTION)).isBefore(Instant.now());
        return old ? renewed() : call();
    }

    /** A refresh that succeeds. */
    Killed.Call renewed() {
        issuedAfter = Instant.now();
        mcpFaults.next(1, new McpFault.RefuseToken(), "POST");
        return call();
    }

    /** The access token that is held lives until then at least. */
    Instant endsAfter() {
        return issuedAfter.plus(accessLifetime);
    }

    long pid() {
        return daemon.child().process().pid();
    }

    /** As {@code kill -9} does. */
    void kill() {
        daemon.child().process().destroyForcibly();
    }

    /** Returns when the daemon has died of SIGKILL; whatever was not asked for yet is forgotten. */
    void awaitDeath() {
        int exit = daemon.child().awaitExit(LIMIT);
        if (exit != Strace.KILLED) {
            throw new AssertionError("the daemon was not killed but ended with " + exit + ". "
                    + daemon.child().story());
        }
        daemon.close();
        mcpFaults.clear();
        tokenFaults.clear();
    }

    void startAgain() {
        daemon = product.daemon();
    }

    @Override
    public void close() {
        daemon.close();
        mcp.close();
        auth.close();
    }
}
