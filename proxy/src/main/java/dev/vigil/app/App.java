// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantReader;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.oauth.LoginSetup;
import dev.vigil.oauth.Logins;
import dev.vigil.oauth.ServerClocks;
import dev.vigil.proxy.LoginLinks;
import dev.vigil.proxy.NettyOAuthTransport;
import dev.vigil.proxy.Outbound;
import dev.vigil.proxy.Pacing;
import dev.vigil.proxy.ProxyParts;
import dev.vigil.proxy.ProxyServer;
import dev.vigil.proxy.Recovery;
import dev.vigil.session.SessionStore;
import dev.vigil.snapshot.StandIn;
import dev.vigil.sync.LeftToOthers;
import dev.vigil.vault.FileSessions;
import dev.vigil.vault.Home;
import dev.vigil.vault.Randomness;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;

/** The wiring of all modules into a daemon. Everything is built here, once, and handed to whoever needs it. */
final class App implements AutoCloseable {
    /** How long exchanges may take to end when the daemon stops. */
    static final Duration DRAIN = Duration.ofSeconds(10);

    private static final int REFRESHES_AT_ONCE = 8;
    private static final int PAGES_AT_ONCE = 4;

    /**
     * What the daemon is made from.
     *
     * @param sessions empty where no client can come back after a restart
     */
    record Parts(
            Home home,
            Path userHome,
            Map<String, String> environment,
            Config config,
            Vault vault,
            Outbound outbound,
            TimeSource time,
            EventLog.Sink log,
            Optional<FileSessions> sessions) {

        /** What one client has for itself: it ends with it, and leaves the file to the daemon. */
        Parts forOneClient() {
            return new Parts(home, userHome, environment, config, vault, outbound, time, log, Optional.empty());
        }
    }

    private final ExecutorService refreshIo = Pool.named("refresh-io", REFRESHES_AT_ONCE);
    private final ExecutorService pageIo = Pool.named("page-io", PAGES_AT_ONCE);
    private final Recovery recovery = new Recovery();
    private final Parts parts;
    private final LiveConfig config;
    private final EventLog events;
    private final DoorLog door;
    private final LoginLinks links;
    private final NettyOAuthTransport transport;
    private final ServerClocks clocks;
    private final RefreshPolicy policy;
    private final TokenKeeper keeper;
    private final Optional<SyncLoop> sync;
    private final Snapshots snapshots;
    private final Reload reload;
    private final DaemonDesk desk;
    private final SessionStore sessions;
    private final ProxyServer server;
    private final KeyRotation rotation;

    private App(Parts parts, Runnable stop) throws IOException {
        this.parts = parts;
        config = new LiveConfig(parts.config());
        events = new EventLog(parts.time(), config::connector, name -> skew(name), Sentences.here(), parts.log());
        door = new DoorLog(events, parts.time());
        links = new LoginLinks(parts.time(), Randomness::bytes);
        transport = new NettyOAuthTransport(parts.outbound());
        clocks = new ServerClocks(transport, parts.time());
        policy = new RefreshPolicy(MachineName.find(), config::refreshOf);
        sync = SyncLoop.open(parts, App::random);
        keeper = keeper();
        keeper.manage(config.get().connectors()).toCompletableFuture().join();
        sync.ifPresent(one -> one.start(() -> config.get().connectors(), keeper));
        snapshots = new Snapshots(parts, config, keeper, events);
        reload = new Reload(
                parts.home(), parts.userHome(), config, parts.vault(), keeper, events, next -> ports().follow(next));
        SecretReader secrets = new SecretReader(parts.environment());
        Hindsight hindsight = Hindsight.of(parts.vault(), parts.time());
        desk = new DaemonDesk(config, keeper, reload, sync, secrets, door, hindsight, this::skew, parts.time(), stop);
        sessions = SessionStore.open(
                parts.sessions(), TaskLoop.named("sessions"), parts.time(), words -> events.daemon("warning", words));
        server = server();
        beginPorts();
        recovery.tell(server);
        LoginSetup logins = LoginWiring.over(clocks, parts.vault(), policy, parts.time(), port(), elsewhere());
        desk.open(url(), new Logins(logins, this::loggedIn));
        reload.watch();
        rotation = KeyRotation.of(parts, config, sync, events);
        rotation.watch();
        snapshots.start();
        parts.config().sync().flatMap(SyncConfig::risk).ifPresent(risk -> events.daemon("warning", risk));
        events.daemon(
                "started", url() + ", connectors: " + config.get().entries().size());
    }

    private void loggedIn(Grant grant) {
        links.used(grant.connector());
        reload.grants();
        sync.ifPresent(SyncLoop::now);
    }

    private TokenKeeper keeper() {
        Refresher alone = RefreshStack.of(parts.vault(), clocks, policy, parts.time());
        return new TokenKeeper(
                TaskLoop.named("token-keeper"),
                refreshIo,
                parts.time(),
                policy,
                new GrantReader(parts.vault().grants(), policy, parts.time(), elsewhere()),
                sync.map(one -> one.over(alone))
                        .orElseGet(() -> LeftToOthers.withoutBucket(alone, SharedBucket.book(parts.home()))),
                new AuthListeners(List.of(events, new BeatWriter(parts.vault().beats(), parts.time()), recovery)),
                App::random);
    }

    private ProxyServer server() throws IOException {
        DaemonPages pages = new DaemonPages(parts.vault().ownerKey()::matches, desk, links, pageIo);
        return ProxyServer.start(
                parts.config().listen(),
                new ProxyParts(
                        keeper,
                        config::connector,
                        this::clientOf,
                        pages,
                        parts.outbound(),
                        door,
                        parts.time(),
                        Pacing.STANDARD,
                        sessions.book(),
                        new StandIn(snapshots.book()),
                        snapshots,
                        config::facing,
                        links));
    }

    private OwnPorts ports() {
        return new OwnPorts(server, parts.home().config());
    }

    private void beginPorts() {
        try {
            ports().begin(parts.config());
        } catch (Failure taken) {
            server.close();
            throw taken;
        }
    }

    /** The bridges of this user show the owner key, which could mint any local key anyway. */
    private Optional<String> clientOf(Secret shown) {
        return parts.vault().ownerKey().matches(shown)
                ? Optional.of(StdioCommand.CLIENT)
                : parts.vault().localKeys().clientOf(shown);
    }

    private Elsewhere elsewhere() {
        return sync.map(SyncLoop::elsewhere).orElseGet(() -> SharedBucket.book(parts.home()));
    }

    private static double random() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /**
     * @param stop called when somebody asks the daemon to stop; any thread
     * @throws IOException when the port cannot be had
     */
    static App start(Parts parts, Runnable stop) throws IOException {
        return new App(parts, stop);
    }

    int port() {
        return server.port();
    }

    /** How far the clock of a connector's authorization server is from ours, where that is worth telling. */
    private Optional<Duration> skew(String connector) {
        return StatusReport.grant(keeper.look(connector))
                .flatMap(Grant::oauth)
                .flatMap(login -> clocks.skew(login.tokenEndpoint()));
    }

    private String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** Lets exchanges end, for ten seconds at most, then closes everything. */
    @Override
    public void close() {
        events.daemon("stopping", "exchanges under way may take " + DRAIN.toSeconds() + " s to end");
        rotation.close();
        snapshots.close();
        reload.close();
        server.drain(DRAIN);
        server.close();
        sessions.close();
        sync.ifPresent(SyncLoop::close);
        keeper.close();
        refreshIo.shutdown();
        pageIo.shutdown();
        transport.close();
        events.daemon("stopped", "everything is closed");
    }
}
