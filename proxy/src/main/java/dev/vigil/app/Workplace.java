// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.TokenVault;
import dev.vigil.oauth.LoginSetup;
import dev.vigil.oauth.OAuthTransport;
import dev.vigil.oauth.ServerProbe;
import dev.vigil.proxy.NettyOAuthTransport;
import dev.vigil.proxy.Outbound;
import dev.vigil.proxy.OutboundSettings;
import dev.vigil.sync.SyncRound;
import dev.vigil.vault.Home;
import dev.vigil.vault.SafeFiles;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What commands work with, opened when it is first needed: config, vault, the way out, the daemon if one runs. Used by the
 * one thread of a command.
 */
final class Workplace {
    private final Shell shell;
    private final Home home;
    private final ConfiguredKey key;
    private @Nullable Vault vault;
    private @Nullable Outbound outbound;
    private @Nullable OAuthTransport transport;
    private @Nullable SharedBucket bucket;
    private @Nullable SyncHistory syncHistory;

    Workplace(Shell shell) {
        this.shell = shell;
        this.home = Home.from(shell.environment(), shell.userHome());
        this.key = new ConfiguredKey(this::config, new SecretReader(shell.environment()));
    }

    Shell shell() {
        return shell;
    }

    Home home() {
        return home;
    }

    /** As the file says right now. */
    Config config() {
        return ConfigReader.read(home.config(), shell.userHome());
    }

    /** A configured connector by its name. @throws Failure when there is none, with a suggestion */
    Connector connector(String name) {
        Config config = config();
        return config.entry(name)
                .map(Config.Entry::connector)
                .orElseThrow(() -> unknown(
                        name, config.connectors().stream().map(Connector::name).toList()));
    }

    private Failure unknown(String name, List<String> known) {
        String hint = known.isEmpty() ? "There is none yet. First: vigil add NAME URL" : Spelling.hint(name, known);
        return new Failure(
                Failure.Code.USAGE, "there is no connector '" + name + "' in " + home.config() + ". " + hint);
    }

    ConfigEditor editor() {
        return editor(SafeFiles.onDisk()::replace);
    }

    /** @param replace writes the file, or leaves it as it is for somebody who only wants to see how it would read */
    ConfigEditor editor(ConfigEditor.Replace replace) {
        vaults(); // which makes sure of the folders
        // No connector can be called so: names have no dot.
        return new ConfigEditor(home.config(), home.locks().resolve("vigil.yaml"), shell.userHome(), replace);
    }

    Vault vaults() {
        key.get(); // a config with mistakes is told before anything is opened
        return opened();
    }

    /** For what needs no config: the daemon is found, and spoken to, whatever stands in the file. */
    private Vault opened() {
        if (vault == null) {
            vault = Vault.open(home, key, shell.time());
        }
        return vault;
    }

    /** The bucket that the config names, opened; empty where it names none. */
    Optional<SharedBucket> bucket() {
        return Optional.ofNullable(bucket).or(() -> config().sync().map(this::bucketOf));
    }

    /** One that the config is to name. */
    SharedBucket bucketOf(SyncConfig sync) {
        SyncHistory history = syncHistory();
        SecretReader secrets = new SecretReader(shell.environment());
        bucket = SharedBucket.open(
                sync,
                home,
                vaults(),
                secrets,
                shell.time(),
                step -> history.add(step, shell.time().now().wall()));
        return bucket;
    }

    /** One round of synchronization, in this process, written down. */
    SyncRound synced(SharedBucket shared) {
        SyncRound round = shared.round(config().connectors());
        syncHistory().add(round);
        syncHistory().flush();
        return round;
    }

    /** One for the whole process: what a login or a refresh wrote to the bucket counts with the next round. */
    SyncHistory syncHistory() {
        if (syncHistory == null) {
            syncHistory = SyncHistory.of(vaults());
        }
        return syncHistory;
    }

    /** What is known of logins on other machines. */
    Elsewhere elsewhere() {
        return bucket().<Elsewhere>map(SharedBucket::sharing).orElseGet(() -> SharedBucket.book(home));
    }

    TokenVault vault() {
        return vaults().grants();
    }

    Outbound outbound() {
        if (outbound == null) {
            try {
                outbound = Outbound.open(new OutboundSettings(config().ca(), shell.environment()));
            } catch (IllegalArgumentException e) {
                throw new Failure(Failure.Code.USAGE, String.valueOf(e.getMessage()));
            }
        }
        return outbound;
    }

    OAuthTransport transport() {
        if (transport == null) {
            transport = new NettyOAuthTransport(outbound());
        }
        return transport;
    }

    ServerProbe.Finding probe(URI server) {
        return new ServerProbe(transport()).probe(server);
    }

    RefreshPolicy policy(Config config) {
        return new RefreshPolicy(MachineName.find(), config::refreshOf);
    }

    /** @param port where the callback is listened for */
    LoginSetup loginSetup(RefreshPolicy policy, int port) {
        return LoginWiring.over(transport(), vaults(), policy, shell.time(), port, elsewhere());
    }

    Browser browser() {
        return new Browser(shell.environment(), MachineName.system());
    }

    DaemonFile daemonFile() {
        opened(); // which makes sure of the folders
        return new DaemonFile(home.pidFile(), SafeFiles.onDisk()::replace);
    }

    /** What a daemon of this home is made from. */
    App.Parts parts(Config config, EventLog.Sink log) {
        return new App.Parts(
                home,
                shell.userHome(),
                shell.environment(),
                config,
                vaults(),
                outbound(),
                shell.time(),
                log,
                Optional.of(vaults().sessions()));
    }

    /** Tells commands that this process is the daemon and listens there. */
    void publish(int port) throws IOException {
        daemonFile()
                .publish(new DaemonFile.Running(
                        ProcessHandle.current().pid(), port, shell.time().now().wall()));
    }

    DaemonClient client(DaemonFile.Running daemon) {
        return new DaemonClient(daemon, opened().ownerKey().secret());
    }

    Optional<DaemonClient> daemon() {
        return daemonFile().running().map(this::client);
    }

    LoginDesk ownDesk() {
        return OwnDesk.open(this);
    }

    /** Where clients find us: where the daemon listens, else where it would. */
    String url() {
        Optional<DaemonFile.Running> daemon = daemonFile().running();
        if (daemon.isPresent()) {
            return daemon.get().url();
        }
        int port = config().listen().port();
        if (port == 0) {
            throw new Failure(
                    Failure.Code.USAGE,
                    "listen.port is 0, so the address is known only while the daemon runs. First: vigil run --background");
        }
        shell.note("No daemon is running. To start it: vigil run --background");
        return "http://127.0.0.1:" + port;
    }

    /** A login has come or gone: the daemon, which tells the other machines, or those themselves. */
    void tellOthers() {
        tellDaemon();
        if (daemon().isEmpty()) {
            bucket().map(this::synced)
                    .flatMap(SyncRound::reason)
                    .ifPresent(why -> shell.note("Note: the other machines do not know of it yet: " + why));
        }
    }

    /** Files have changed; a daemon would notice within two seconds, but the person is waiting. */
    void tellDaemon() {
        try {
            daemon().map(DaemonClient::reload).orElse(List.of()).forEach(shell::note);
        } catch (Failure unanswered) {
            shell.note("Note: " + unanswered.getMessage());
        }
    }
}
