// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.proxy.ProxySettings;
import dev.vigil.stdio.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The proxy that a bridge leads to: the daemon's, where one of this home runs and answers, else one in this process, which
 * looks after this one connector only and for which nobody needs to know the port. Several at once do no harm: a grant is
 * refreshed under the locks that daemon and commands keep, too.
 */
final class NearestProxy implements AutoCloseable {
    private final Endpoint endpoint;
    private final AutoCloseable own;

    private NearestProxy(Endpoint endpoint, AutoCloseable own) {
        this.endpoint = endpoint;
        this.own = own;
    }

    static NearestProxy find(Workplace workplace, Connector connector) throws IOException {
        Optional<DaemonClient> daemon = workplace.daemon();
        if (daemon.isPresent() && answers(daemon.get(), workplace.shell())) {
            DaemonFile file = workplace.daemonFile();
            return new NearestProxy(endpoint(workplace, connector, () -> place(file)), () -> {});
        }
        if (daemon.isEmpty()) {
            tellOfStranger(workplace);
        }
        return alone(workplace, connector);
    }

    private static boolean answers(DaemonClient daemon, Shell shell) {
        try {
            daemon.status();
            return true;
        } catch (Failure silent) {
            shell.note("vigil: " + silent.getMessage() + ". Until then this bridge serves by itself.");
            return false;
        }
    }

    /** Asked before each request: whoever listens where a daemon was must not be shown the key. One thread at a time. */
    private static Optional<String> place(DaemonFile file) {
        synchronized (file) {
            return file.running().map(DaemonFile.Running::url);
        }
    }

    private static void tellOfStranger(Workplace workplace) {
        int port = workplace.config().listen().port();
        Optional<String> holder = port == 0 ? Optional.empty() : PortHolder.of(port);
        String others = holder.map(who -> " (" + who + " listens on port " + port
                        + "; if that is a daemon of another home, set VIGIL_HOME)")
                .orElse("");
        workplace
                .shell()
                .note("vigil: no daemon of " + workplace.home() + " is running" + others
                        + ", so this bridge serves by itself. To start one: vigil run --background");
    }

    private static NearestProxy alone(Workplace workplace, Connector connector) throws IOException {
        Shell shell = workplace.shell();
        LogFiles log = new LogFiles(workplace.home().log(), "stdio-" + connector.name() + ".jsonl", shell.err(), true);
        try {
            App app = App.start(
                    workplace.parts(only(connector, workplace.config()), log).forOneClient(), () -> {});
            String url = "http://127.0.0.1:" + app.port();
            return new NearestProxy(endpoint(workplace, connector, () -> Optional.of(url)), () -> {
                app.close();
                log.close();
            });
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /** On any free port; a local key is wanted even where the daemon's port does without. */
    private static Config only(Connector connector, Config all) {
        return new Config(
                all.entry(connector.name()).map(Config.Entry::alone).stream().toList(),
                new ProxySettings(0, true, List.of()),
                all.ca(),
                all.keys(),
                all.sync());
    }

    private static Endpoint endpoint(Workplace workplace, Connector connector, Supplier<Optional<String>> url) {
        Secret key = workplace.vaults().ownerKey().secret();
        String path = "/mcp/" + connector.name();
        return new Endpoint(
                connector.name(),
                () -> url.get().map(origin -> URI.create(origin + path)),
                key,
                "vigil-stdio/" + Version.vigil());
    }

    Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public void close() {
        try {
            own.close();
        } catch (Exception e) {
            throw new IllegalStateException(e); // neither of them throws a checked one
        }
    }
}
