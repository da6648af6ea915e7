// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.demo.FaultScript;
import dev.vigil.demo.TokenCheck;
import dev.vigil.demo.TokenFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One daemon with one connector that a person has logged in to, the two servers behind it, and callers in front. Everything
 * here can be broken. For one thread, but for what the fields say.
 */
final class ChaosWorld implements AutoCloseable {
    static final String CONNECTOR = "real";

    private static final Duration COMMAND = Duration.ofSeconds(30);

    /** Strikes at the token endpoint of whichever authorization server stands. */
    final FaultScript<TokenFault> faults = new FaultScript<>();
    /** Of the authorization server. */
    final MovableTime time = new MovableTime();

    final DemoMcpServer mcp;
    final Calls calls;
    final Optional<FakeClock> clock;

    /** Of the authorization server, whichever stands. */
    final ChaosHearing hearing;

    private final Optional<ChaosBucket> bucket;
    /** Of access tokens. */
    private final Duration life;

    private final Product product;
    private Product.Daemon daemon;
    private DemoAuthServer auth;
    /** Still tells which access tokens it gave out after it was replaced. Read on the event loop of {@link #mcp}. */
    private volatile List<TokenCheck> issuers;

    private int marked;

    /**
     * @param clock of the daemon; the machine's when empty
     * @param proof where the daemon is to have a bucket, which that is about
     */
    ChaosWorld(Path home, ChaosCell cell, Optional<FakeClock> clock, Optional<ChaosBucket.Proof> proof) {
        this.clock = clock;
        life = cell.life();
        hearing = new ChaosHearing(time, life);
        bucket = proof.map(any -> new ChaosBucket());
        auth = DemoAuthServer.start(settings(0, cell.fault().reuseGrace()));
        issuers = List.of(auth);
        mcp = DemoMcpServer.start(new DemoMcpServer.Settings(
                0,
                Optional.of(new DemoMcpServer.Protection(auth.issuer(), List.of("mcp"), this::check)),
                new FaultScript<>(),
                seen -> {}));
        product = new Product(home)
                .with("-XX:TieredStopAtLevel=1") // none of them lives long enough for more
                .config("listen: { port: 0, localKey: off }\nconnectors:\n  " + CONNECTOR + ": { url: " + mcp.url()
                        + " }\n" + bucket.map(ChaosBucket::config).orElse(""));
        bucket.ifPresent(own -> {
            own.isProved(proof.orElseThrow(), home);
            product.in(own.surroundings());
        });
        clock.ifPresent(own -> product.in(own.surroundings()));
        daemon = product.daemon();
        calls = new Calls(daemon.endpoint(CONNECTOR));
    }

    private DemoAuthServer.Settings settings(int port, Duration reuseGrace) {
        return new DemoAuthServer.Settings(port, life, reuseGrace, true, faults, time, hearing::heard);
    }

    private TokenCheck.Verdict check(Secret token, String resource) {
        return issuers.stream()
                .map(issuer -> issuer.check(token, resource))
                .filter(TokenCheck.Verdict.Accepted.class::isInstance)
                .findFirst()
                .orElseGet(() -> new TokenCheck.Verdict.Refused("the token is unknown, expired or revoked"));
    }

    DemoAuthServer auth() {
        return auth;
    }

    ChaosBucket bucket() {
        return bucket.orElseThrow();
    }

    Path home() {
        return product.home();
    }

    /** A person logs in. */
    void login() {
        Logins.login(product, CONNECTOR);
    }

    /** The authorization server has no memory of its clients and grants any more; access tokens live on to their ends. */
    void forgetClients() {
        hearing.noteFinalNo();
        int port = URI.create(auth.issuer()).getPort();
        auth.close();
        DemoAuthServer next = DemoAuthServer.start(settings(port, Duration.ZERO));
        issuers = List.of(auth, next);
        auth = next;
    }

    /** Accepted refreshes are counted from now on. */
    void mark() {
        marked = auth.counts().refreshes();
    }

    int acceptedSinceMark() {
        return auth.counts().refreshes() - marked;
    }

    /** The kernel runs nothing of the daemon from now on, until {@link #goOn}. */
    void stop() {
        signal("STOP", daemon.child());
    }

    /** As {@link #stop}, but not in the middle of a refresh: whoever stops there holds its lock. */
    void stopBetweenRefreshes() {
        stop();
        while (isDaemonAtTheLock()) {
            goOn();
            Await.until(COMMAND, () -> !isDaemonAtTheLock(), () -> "the daemon's refresh does not end");
            stop();
        }
    }

    void goOn() {
        signal("CONT", daemon.child());
    }

    boolean isDaemonAtTheLock() {
        return isAtTheLock(daemon.child());
    }

    /** Does it hold a lock of the refresh, or wait for one? Their files are open for no longer. */
    boolean isAtTheLock(Child vigil) {
        return OpenFiles.of(vigil.process().pid()).stream()
                .anyMatch(file -> file.endsWith("locks/" + CONNECTOR) || file.endsWith("locks/.shared-" + CONNECTOR));
    }

    /** Another command on the same home, which stays. */
    Child command(String... arguments) {
        return product.start(arguments);
    }

    /** As if the daemon had not looked at the connector for some minutes. */
    void forgetHeartbeat() {
        try {
            Files.writeString(
                    home().resolve("beats/" + CONNECTOR),
                    "{\"version\":1,\"at\":\"" + Instant.now().minusSeconds(300) + "\",\"pid\":1}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * No file of the daemon's can grow any more, the way it is on a full disk, until {@link #emptyDisk}. It is a limit of the
     * process, of which only the soft half is set.
     */
    void fillDisk() {
        filesMayGrowTo("0");
    }

    void emptyDisk() {
        filesMayGrowTo("unlimited");
    }

    private void filesMayGrowTo(String bytes) {
        try {
            Shell.run(COMMAND, "prlimit", "--pid", pid(), "--fsize=" + bytes + ":");
        } catch (Shell.NotThere e) {
            throw Requires.missing("prlimit", "It comes with Linux, in util-linux.");
        }
    }

    /** By the shell, which has its own {@code kill}: the program is not installed everywhere. */
    static void signal(String name, Child child) {
        Shell.run(COMMAND, "sh", "-c", "kill -" + name + " " + child.process().pid());
    }

    /**
     * A call after the daemon was killed, as the kernel does it when memory is short, and a new one was started. Not in the
     * middle of a refresh: what then becomes of the answer is another matter.
     */
    Calls.Call callAfterKill() {
        faults.always(TokenFault.status(503));
        Await.until(
                COMMAND,
                () -> refreshed() == auth.counts().refreshes(),
                () -> "the daemon has not got all tokens that were given out");
        daemon.child().process().destroyForcibly();
        daemon.child().awaitExit(COMMAND);
        faults.clear();
        daemon = product.daemon();
        try (Calls again = new Calls(daemon.endpoint(CONNECTOR))) {
            return again.once();
        }
    }

    private String pid() {
        return Long.toString(daemon.child().process().pid());
    }

    /** What the daemon has said so far, of one kind. From its standard output, which no full disk can stop. */
    List<JsonNode> said(String event) {
        return daemon.child().output().stream()
                .filter(line -> line.startsWith("{") && line.contains('"' + event + '"')) // there are thousands
                .map(Json::read)
                .filter(line -> line.path("event").asString().equals(event))
                .toList();
    }

    /** Refreshes of which the daemon has the tokens. */
    long refreshed() {
        return said("refresh").stream()
                .filter(line -> line.path("outcome").asString().equals("refreshed"))
                .count();
    }

    /** Logins that the daemon has demanded. */
    List<JsonNode> demands() {
        return said("authorization").stream()
                .filter(line -> line.path("to").asString().equals("needs_login"))
                .toList();
    }

    ChaosSharing sharing() {
        return new ChaosSharing(said("sync"), said("shared"));
    }

    /** How many there were to the bucket; empty where there is none. */
    Optional<Long> requests() {
        return bucket.map(ChaosBucket::requests);
    }

    @Override
    public void close() {
        calls.close();
        daemon.close();
        bucket.ifPresent(ChaosBucket::close);
        mcp.close();
        auth.close();
    }
}
