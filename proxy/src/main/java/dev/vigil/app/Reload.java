// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Notices when config, grants or local keys change under the daemon, and takes the change. Polls once a second on
 * {@code change-watch}: a stat of three files costs nothing, and file notifications miss network folders and renames. The
 * key ring needs no help, the vault looks at it by itself.
 */
final class Reload implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Home home;
    private final Path userHome;
    private final LiveConfig config;
    private final Vault vault;
    private final TokenKeeper keeper;
    private final EventLog events;
    private final Function<Config, List<String>> ports;
    private final TaskLoop watch = TaskLoop.named("change-watch");

    /** What the config in force was read from. Guarded by this. */
    private String taken;
    /** What the config file looked like at the last poll. Guarded by this. */
    private String seen;
    /** The grants folder at the last poll. Guarded by this. */
    private String grants;

    /** @param ports listens where a config says that single connectors are; what is wrong with that */
    Reload(
            Home home,
            Path userHome,
            LiveConfig config,
            Vault vault,
            TokenKeeper keeper,
            EventLog events,
            Function<Config, List<String>> ports) {
        this.home = home;
        this.userHome = userHome;
        this.config = config;
        this.vault = vault;
        this.keeper = keeper;
        this.events = events;
        this.ports = ports;
        this.taken = stamp(home.config());
        this.seen = taken;
        this.grants = stamp(home.grants());
    }

    /** Begins to look. */
    void watch() {
        watch.schedule(PERIOD, this::poll);
    }

    /** Takes whatever has changed, now. What is wrong with the config; empty when it is in force. May block. */
    synchronized List<String> now() {
        List<String> problems = takeConfig();
        takeLocalKeys();
        grants();
        return problems;
    }

    /** Adopts grants that have changed in the vault. Blocks until the keeper has them. */
    void grants() {
        keeper.reread()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        watch.close();
    }

    private void poll() {
        try {
            look();
        } finally {
            watch.schedule(PERIOD, this::poll);
        }
    }

    private synchronized void look() {
        String current = stamp(home.config());
        // Text editors write in pieces, so a file counts once it has stood still for a second.
        if (!current.equals(taken) && current.equals(seen)) {
            takeConfig();
        }
        seen = current;
        takeLocalKeys();
        String folder = stamp(home.grants());
        if (!folder.equals(grants)) {
            grants = folder;
            keeper.reread();
        }
    }

    private List<String> takeConfig() {
        String current = stamp(home.config());
        try {
            Config next = ConfigReader.read(home.config(), userHome);
            if (!next.equals(config.get())) {
                replace(next);
            }
            taken = current;
            return takePorts();
        } catch (ConfigException e) {
            if (!current.equals(taken)) {
                events.configRefused(e.problems());
            }
            taken = current;
            return e.problems();
        }
    }

    /** Also where nothing has changed: a port that was taken may be free by now. */
    private List<String> takePorts() {
        List<String> problems = ports.apply(config.get());
        problems.forEach(problem -> events.daemon("port_taken", problem));
        return problems;
    }

    private void replace(Config next) {
        boolean restart = !next.listen().equals(config.get().listen())
                || !next.ca().equals(config.get().ca())
                || !next.sync().equals(config.get().sync());
        config.replace(next);
        keeper.manage(next.connectors()).toCompletableFuture().join();
        events.daemon(
                "reloaded",
                "connectors: " + next.entries().size()
                        + (restart
                                ? "; changes under listen, tls and sync need a restart: vigil stop, vigil run"
                                : ""));
    }

    private void takeLocalKeys() {
        try {
            vault.localKeys().reload();
        } catch (VaultException e) {
            events.daemon("local_keys_refused", "the keys in force stay. " + e.getMessage());
        }
    }

    private static String stamp(Path path) {
        try {
            BasicFileAttributes facts = Files.readAttributes(path, BasicFileAttributes.class);
            return facts.lastModifiedTime() + " " + facts.size() + " " + facts.fileKey();
        } catch (IOException missing) {
            return "none";
        }
    }
}
