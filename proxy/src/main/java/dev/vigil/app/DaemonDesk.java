// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginStatus;
import dev.vigil.oauth.Logins;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the daemon's routes do. Called on {@code page-io}; may block. */
final class DaemonDesk implements DaemonPages.Desk {
    private static final JsonMapper JSON = new JsonMapper();
    /** Two rounds, the one under way among them, with a bucket that hangs. */
    private static final Duration SYNC_PATIENCE = Duration.ofSeconds(50);

    private final LiveConfig config;
    private final TokenKeeper keeper;
    private final Reload reload;
    private final Optional<SyncLoop> sync;
    private final SecretReader secrets;
    private final DoorLog door;
    private final Hindsight hindsight;
    private final Function<String, Optional<Duration>> skews;
    private final TimeSource time;
    private final Runnable stop;
    private final Instant started;
    /** Both need the port, which comes last; a request may come a moment before them. */
    private final CompletableFuture<String> url = new CompletableFuture<>();

    private final CompletableFuture<Logins> logins = new CompletableFuture<>();

    /** @param skews how far the clock of a connector's server is from ours, where that is worth telling */
    DaemonDesk(
            LiveConfig config,
            TokenKeeper keeper,
            Reload reload,
            Optional<SyncLoop> sync,
            SecretReader secrets,
            DoorLog door,
            Hindsight hindsight,
            Function<String, Optional<Duration>> skews,
            TimeSource time,
            Runnable stop) {
        this.config = config;
        this.keeper = keeper;
        this.reload = reload;
        this.sync = sync;
        this.secrets = secrets;
        this.door = door;
        this.hindsight = hindsight;
        this.skews = skews;
        this.time = time;
        this.stop = stop;
        this.started = time.now().wall();
    }

    void open(String address, Logins ready) {
        logins.complete(ready);
        url.complete(address);
    }

    @Override
    public String status() {
        ObjectNode status = JSON.createObjectNode().put("v", StatusReport.VERSION);
        ObjectNode daemon = status.putObject("daemon");
        daemon.put("url", url.join());
        daemon.put("pid", ProcessHandle.current().pid());
        daemon.put("version", Version.vigil());
        daemon.put("started", started.toString());
        daemon.put("local_key", config.get().listen().localKey());
        door.strangers()
                .ifPresent(strangers -> daemon.putObject("turned_away")
                        .put("count", strangers.count())
                        .put("at", strangers.at().toString())
                        .put("last", strangers.last()));
        ArrayNode connectors = status.putArray("connectors");
        config.get()
                .connectors()
                .forEach(connector -> connectors.add(StatusReport.of(
                                connector, keeper.look(connector.name()), skews.apply(connector.name()), time.now())
                        .put("port", config.facing(connector.name()).port().orElse(null))));
        hindsight.addTo(status);
        status.putNull("sync");
        sync.ifPresent(one -> SyncReport.write(
                status.putObject("sync"),
                one.bucket(),
                one.history(),
                time.now().wall()));
        return JSON.writeValueAsString(status);
    }

    @Override
    public List<String> reload() {
        List<String> problems = reload.now();
        sync.ifPresent(SyncLoop::now); // a login or logout of a command is news for the others
        return problems;
    }

    @Override
    public Optional<String> sync() {
        return sync.map(one -> {
            ObjectNode told = JSON.createObjectNode();
            SyncReport.put(
                    told,
                    one.now()
                            .orTimeout(SYNC_PATIENCE.toSeconds(), TimeUnit.SECONDS)
                            .join());
            return JSON.writeValueAsString(told);
        });
    }

    @Override
    public LoginStatus join(String connector) throws LoginException {
        if (keeper.look(connector) instanceof Authorization.Live) {
            return new LoginStatus.Unknown(); // somebody has logged in meanwhile, by another way
        }
        Optional<LoginStatus.Waiting> waiting = logins.join().waiting(connector);
        return waiting.isPresent() ? waiting.get() : begin(connector, Optional.empty());
    }

    @Override
    public LoginStatus begin(String connector, Optional<List<String>> scopes) throws LoginException {
        if (config.get().entry(connector).isEmpty()) {
            List<String> problems = reload.now(); // added a moment ago, perhaps
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
        }
        Config.Entry entry = config.get()
                .entry(connector)
                .orElseThrow(() -> new ConfigException(List.of("there is no connector " + connector)));
        return logins.join().begin(secrets.resolved(entry), scopes);
    }

    @Override
    public LoginStatus login(String id) {
        return logins.join().status(id);
    }

    @Override
    public LoginStatus redirected(URI redirected) {
        return logins.join().redirected(redirected);
    }

    @Override
    public void stop() {
        stop.run();
    }
}
